// Goes on to where one signs in as soon as the office answers; without a script the page goes there by itself later.
const address = document.querySelector("#go-on").href;
const ask = () =>
  fetch(address, { cache: "no-store", redirect: "manual" })
    .then((answer) => (answer.ok ? location.replace(address) : setTimeout(ask, 1000)))
    .catch(() => setTimeout(ask, 1000));
setTimeout(ask, 3000);
