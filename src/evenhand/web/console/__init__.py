"""The officer's console: a page a module. Reads requests and actions, writes pages; decides nothing."""
