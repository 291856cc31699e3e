import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Acknowledged',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'device', 'receipts', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('device', models.TextField()),
                ('receipts', models.BigIntegerField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'db_table': 'acknowledged',
            },
        ),
        migrations.CreateModel(
            name='ApiTokenRevoked',
            fields=[
                ('token_sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'api_token_revoked',
            },
        ),
        migrations.CreateModel(
            name='CardPeriod',
            fields=[
                ('pk', models.CompositePrimaryKey('household', 'period', 'epoch', blank=True, editable=False, primary_key=True, serialize=False)),
                ('household', models.TextField()),
                ('period', models.TextField()),
                ('epoch', models.IntegerField()),
                ('tag', models.BinaryField(unique=True)),
                ('salt', models.BinaryField()),
                ('seal_key', models.BinaryField()),
                ('factor_key', models.BinaryField()),
            ],
            options={
                'db_table': 'card_period',
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('note', models.TextField()),
            ],
            options={
                'db_table': 'checkpoint',
            },
        ),
        migrations.CreateModel(
            name='Count',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'point', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('point', models.TextField()),
                ('counted', models.JSONField()),
                ('cose', models.BinaryField()),
            ],
            options={
                'db_table': 'count',
            },
        ),
        migrations.CreateModel(
            name='CounterClaim',
            fields=[
                ('token_sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('public_key', models.BinaryField(unique=True)),
                ('agent', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'counter_claim',
            },
        ),
        migrations.CreateModel(
            name='CounterInvitation',
            fields=[
                ('token_sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('device', models.TextField()),
                ('points', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('replaces', models.TextField(db_default='')),
                ('reason', models.TextField(db_default='')),
                ('second', models.BooleanField(db_default=False)),
                ('expires', models.BigIntegerField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'counter_invitation',
            },
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', blank=True, editable=False, primary_key=True, serialize=False)),
                ('cycle', models.TextField()),
                ('programme', models.TextField()),
                ('period', models.TextField()),
                ('attempt', models.IntegerField()),
                ('policy_sha256', models.BinaryField()),
            ],
            options={
                'db_table': 'cycle',
            },
        ),
        migrations.CreateModel(
            name='Freeze',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('cose', models.BinaryField()),
                ('snapshots', models.JSONField()),
                ('event', models.TextField()),
                ('person', models.TextField()),
            ],
            options={
                'db_table': 'freeze',
            },
        ),
        migrations.CreateModel(
            name='GrievancePaper',
            fields=[
                ('pk', models.CompositePrimaryKey('reference', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('reference', models.TextField()),
                ('number', models.IntegerField()),
                ('media', models.TextField()),
                ('size', models.IntegerField()),
                ('sealed', models.BinaryField()),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'grievance_paper',
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'device', 'receipts', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('device', models.TextField()),
                ('receipts', models.BigIntegerField()),
                ('hash', models.BinaryField(null=True)),
                ('device_cose', models.BinaryField()),
                ('server_cose', models.BinaryField()),
            ],
            options={
                'db_table': 'head',
            },
        ),
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('pk', models.CompositePrimaryKey('device', 'hour', blank=True, editable=False, primary_key=True, serialize=False)),
                ('device', models.TextField()),
                ('hour', models.IntegerField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'heard',
            },
        ),
        migrations.CreateModel(
            name='Holding',
            fields=[
                ('pk', models.CompositePrimaryKey('point', 'since', blank=True, editable=False, primary_key=True, serialize=False)),
                ('point', models.TextField()),
                ('since', models.BigIntegerField()),
                ('device', models.TextField()),
                ('replaces', models.TextField()),
                ('reason', models.TextField()),
                ('cose', models.BinaryField()),
            ],
            options={
                'db_table': 'holding',
            },
        ),
        migrations.CreateModel(
            name='Household',
            fields=[
                ('household', models.TextField(primary_key=True, serialize=False)),
                ('serial', models.BigIntegerField(unique=True)),
                ('point', models.TextField()),
                ('name', models.TextField(null=True)),
                ('inputs', models.JSONField(db_default={})),
            ],
            options={
                'db_table': 'household',
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('pk', models.CompositePrimaryKey('sha256', 'kind', blank=True, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.BinaryField()),
                ('kind', models.TextField()),
                ('programme', models.TextField()),
                ('rows', models.BigIntegerField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'import_file',
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('pk', models.CompositePrimaryKey('household', 'member', blank=True, editable=False, primary_key=True, serialize=False)),
                ('household', models.TextField()),
                ('member', models.TextField()),
                ('birth_date', models.DateField()),
                ('sex', models.TextField()),
                ('occupation', models.TextField()),
                ('name', models.TextField(null=True)),
                ('inputs', models.JSONField(db_default={})),
            ],
            options={
                'db_table': 'member',
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'tag', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('tag', models.BinaryField()),
                ('point', models.TextField()),
                ('status', models.SmallIntegerField()),
                ('value', models.BinaryField()),
            ],
            options={
                'db_table': 'outcome',
            },
        ),
        migrations.CreateModel(
            name='PolicyProposal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('sha256', models.BinaryField()),
                ('policy_id', models.TextField()),
                ('title', models.TextField()),
                ('text', models.TextField()),
                ('person', models.TextField()),
                ('cose', models.BinaryField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'policy_proposal',
            },
        ),
        migrations.CreateModel(
            name='PolicyText',
            fields=[
                ('sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('ordinal', models.BigIntegerField(unique=True)),
                ('policy_id', models.TextField()),
                ('title', models.TextField()),
                ('text', models.TextField()),
                ('adopted_by', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'policy_text',
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.TextField(primary_key=True, serialize=False)),
                ('origin', models.TextField()),
                ('zone', models.TextField()),
                ('demo', models.BooleanField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'programme',
            },
        ),
        migrations.CreateModel(
            name='Recut',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'point', 'benefit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('point', models.TextField()),
                ('benefit', models.TextField()),
                ('counted', models.BigIntegerField()),
                ('reserve', models.BigIntegerField()),
                ('carry_micro', models.BigIntegerField()),
                ('rungs', models.IntegerField()),
                ('num', models.TextField()),
                ('den', models.TextField()),
                ('units', models.BigIntegerField()),
            ],
            options={
                'db_table': 'recut',
            },
        ),
        migrations.CreateModel(
            name='RecutRow',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'tag', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('tag', models.BinaryField()),
                ('rations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                'db_table': 'recut_row',
            },
        ),
        migrations.CreateModel(
            name='Reroute',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'number', 'waybill', 'benefit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('number', models.IntegerField()),
                ('waybill', models.TextField()),
                ('lane', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('benefit', models.TextField()),
                ('steps', models.BigIntegerField()),
            ],
            options={
                'db_table': 'reroute',
            },
        ),
        migrations.CreateModel(
            name='Roll',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'point', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('point', models.TextField()),
                ('sha256', models.BinaryField()),
                ('rows', models.IntegerField()),
            ],
            options={
                'db_table': 'roll',
            },
        ),
        migrations.CreateModel(
            name='RollRow',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'tag', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('tag', models.BinaryField()),
                ('point', models.TextField()),
                ('household', models.TextField()),
                ('rations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                'db_table': 'roll_row',
            },
        ),
        migrations.CreateModel(
            name='StagedFile',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'path', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('path', models.TextField()),
                ('sha256', models.BinaryField()),
            ],
            options={
                'db_table': 'staged_file',
            },
        ),
        migrations.CreateModel(
            name='VoucherPayment',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'series', 'merchant', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('series', models.TextField()),
                ('merchant', models.TextField()),
                ('number', models.BigIntegerField()),
                ('steps', models.BigIntegerField()),
                ('cents', models.BigIntegerField()),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'voucher_payment',
            },
        ),
        migrations.CreateModel(
            name='AccountChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('username', models.TextField()),
                ('act', models.TextField()),
                ('reason', models.TextField()),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'account_change',
                'indexes': [models.Index(fields=['username', '-id'], name='account_change_username')],
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ['off', 'on', 'reset'])), name='account_change_act'), models.CheckConstraint(condition=models.Q(('username', models.F('person')), _negated=True), name='account_change_of_others')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('token_sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('username', models.TextField()),
                ('title', models.TextField()),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('ends', models.BigIntegerField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'api_token',
                'indexes': [models.Index(fields=['programme', 'username'], name='api_token_username')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'role', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('role', models.TextField()),
                ('person', models.TextField()),
                ('digest', models.BinaryField()),
                ('cose', models.BinaryField()),
            ],
            options={
                'db_table': 'approval',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['preparer', 'approver'])), name='approval_role'), models.UniqueConstraint(fields=('programme', 'cycle', 'person'), name='approval_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('pcode', models.TextField(primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('level', models.IntegerField()),
                ('parent', models.ForeignKey(db_column='parent', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.area')),
            ],
            options={
                'db_table': 'area',
            },
        ),
        migrations.CreateModel(
            name='Card',
            fields=[
                ('pk', models.CompositePrimaryKey('household', 'epoch', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.TextField()),
                ('household', models.TextField()),
                ('epoch', models.IntegerField()),
                ('from_period', models.TextField()),
                ('mark', models.BinaryField(unique=True)),
                ('reason', models.TextField(db_default='')),
                ('person', models.TextField(db_default='')),
                ('second', models.TextField(db_default='')),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'card',
                'indexes': [models.Index(condition=models.Q(('epoch__gt', 1)), fields=['household'], name='card_replaced')],
                'constraints': [models.UniqueConstraint(fields=('number', 'epoch'), name='card_number_epoch'), models.CheckConstraint(condition=models.Q(('second', ''), models.Q(('second', models.F('person')), _negated=True), _connector='OR'), name='card_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='CardMove',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('tag', models.BinaryField()),
                ('household', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('reason', models.TextField()),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'card_move',
                'indexes': [models.Index(fields=['programme', 'cycle', 'source'], name='card_move_source')],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('name', models.TextField()),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('public_key', models.BinaryField()),
                ('epoch', models.IntegerField()),
                ('cose', models.BinaryField()),
            ],
            options={
                'db_table': 'certificate',
                'constraints': [models.UniqueConstraint(fields=('kind', 'name', 'epoch'), name='certificate_epoch'), models.CheckConstraint(condition=models.Q(('kind__in', ['log', 'person', 'device'])), name='certificate_kind')],
            },
        ),
        migrations.CreateModel(
            name='CounterNote',
            fields=[
                ('hash', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('device', models.TextField()),
                ('sequence', models.BigIntegerField()),
                ('point', models.TextField()),
                ('tag', models.BinaryField()),
                ('kind', models.TextField()),
                ('text', models.TextField()),
                ('receipt', models.BigIntegerField()),
                ('noted_at', models.BigIntegerField()),
                ('raw', models.BinaryField()),
            ],
            options={
                'db_table': 'counter_note',
                'indexes': [models.Index(fields=['programme', 'cycle', 'point'], name='counter_note_point')],
            },
        ),
        migrations.CreateModel(
            name='CycleEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('state', models.TextField()),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
                ('detail', models.JSONField()),
            ],
            options={
                'db_table': 'cycle_event',
                'constraints': [models.UniqueConstraint(fields=('programme', 'cycle', 'state'), name='cycle_event_once')],
            },
        ),
        migrations.CreateModel(
            name='FactorTry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('tag', models.BinaryField()),
                ('device', models.TextField()),
                ('held', models.BooleanField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'factor_try',
                'indexes': [models.Index(fields=['programme', 'cycle', 'tag'], name='factor_try_tag')],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('tag', models.BinaryField()),
                ('found', models.TextField()),
                ('words', models.TextField(db_default='')),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'follow_up',
                'indexes': [models.Index(fields=['programme', 'cycle'], name='follow_up_cycle')],
            },
        ),
        migrations.CreateModel(
            name='GoodsReceived',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'waybill', 'benefit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('waybill', models.TextField()),
                ('benefit', models.TextField()),
                ('sent', models.BigIntegerField()),
                ('received', models.BigIntegerField()),
                ('damaged', models.BigIntegerField()),
                ('missing', models.BigIntegerField()),
                ('reason', models.TextField()),
            ],
            options={
                'db_table': 'goods_received',
                'constraints': [models.CheckConstraint(condition=models.Q(('damaged__gte', 0), ('missing__gte', 0), ('received__gte', 0), ('sent__gte', 0)), name='goods_received_steps')],
            },
        ),
        migrations.CreateModel(
            name='Grievance',
            fields=[
                ('reference', models.TextField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('kind', models.TextField()),
                ('point', models.TextField()),
                ('area', models.TextField()),
                ('channel', models.TextField()),
                ('anonymous', models.BooleanField()),
                ('words', models.TextField()),
                ('sealed', models.BinaryField(null=True)),
                ('mark', models.BinaryField(null=True)),
                ('note', models.BinaryField(null=True, unique=True)),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'grievance',
                'indexes': [models.Index(fields=['programme', 'area'], name='grievance_area'), models.Index(fields=['mark'], name='grievance_mark'), models.Index(fields=['programme', 'at'], name='grievance_at')],
            },
        ),
        migrations.CreateModel(
            name='GrievanceEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reference', models.TextField()),
                ('number', models.IntegerField()),
                ('act', models.TextField()),
                ('at', models.BigIntegerField()),
                ('person', models.TextField()),
                ('words', models.TextField()),
                ('outcome', models.TextField()),
                ('office', models.TextField()),
                ('remedy', models.TextField()),
                ('benefit', models.TextField()),
                ('amount_base', models.BigIntegerField()),
            ],
            options={
                'db_table': 'grievance_event',
                'indexes': [models.Index(condition=models.Q(('act', 'decision')), fields=['reference'], name='grievance_decided'), models.Index(condition=models.Q(('act', 'appeal')), fields=['reference', 'number'], name='grievance_appealed'), models.Index(condition=models.Q(('act', 'remedy')), fields=['id'], name='grievance_remedy'), models.Index(condition=models.Q(('act', 'decision')), fields=['at'], name='grievance_decided_at')],
                'constraints': [models.UniqueConstraint(fields=('reference', 'number'), name='grievance_event_number')],
            },
        ),
        migrations.CreateModel(
            name='HouseholdFactor',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('household', models.TextField()),
                ('kind', models.TextField()),
                ('question', models.TextField(db_default='')),
                ('sealed', models.BinaryField()),
                ('photo_sha256', models.BinaryField(null=True)),
                ('person', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'household_factor',
                'indexes': [models.Index(fields=['household'], name='household_factor_of')],
            },
        ),
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('index', models.BigIntegerField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('programme', models.TextField()),
                ('cycle', models.TextField(null=True)),
                ('subject', models.TextField()),
                ('entry', models.BinaryField()),
            ],
            options={
                'db_table': 'log_entry',
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'policy'), _negated=True), fields=('programme', 'kind', 'cycle', 'subject'), name='log_entry_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('pk', models.CompositePrimaryKey('lot', 'benefit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('lot', models.TextField()),
                ('benefit', models.TextField()),
                ('best_before', models.DateField(null=True)),
                ('source', models.TextField()),
                ('pack_base', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'lot',
                'constraints': [models.CheckConstraint(condition=models.Q(('pack_base__gt', 0), ('pack_base', None), _connector='OR'), name='lot_pack')],
            },
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField(null=True)),
                ('kind', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('benefit', models.TextField()),
                ('lot', models.TextField()),
                ('quantity', models.BigIntegerField()),
                ('ref', models.TextField(unique=True)),
            ],
            options={
                'db_table': 'movement',
                'indexes': [models.Index(fields=['target'], name='movement_target'), models.Index(fields=['source'], name='movement_source'), models.Index(fields=['programme', 'cycle', 'kind'], name='movement_cycle')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='movement_quantity'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='movement_moves')],
            },
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('node', models.TextField(primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('kind', models.TextField()),
                ('latitude_microdegrees', models.IntegerField(null=True)),
                ('longitude_microdegrees', models.IntegerField(null=True)),
                ('area', models.ForeignKey(db_column='area', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.area')),
            ],
            options={
                'db_table': 'node',
            },
        ),
        migrations.CreateModel(
            name='LaneVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('lane', models.TextField()),
                ('commodity', models.TextField(null=True)),
                ('capacity_base', models.BigIntegerField(null=True)),
                ('cost', models.BigIntegerField()),
                ('open', models.BooleanField()),
                ('source', models.ForeignKey(db_column='source', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.node')),
                ('target', models.ForeignKey(db_column='target', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.node')),
            ],
            options={
                'db_table': 'lane_version',
            },
        ),
        migrations.CreateModel(
            name='PersonalRead',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('username', models.TextField()),
                ('page', models.TextField()),
                ('household', models.TextField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'personal_read',
                'indexes': [models.Index(fields=['household', '-id'], name='personal_read_household'), models.Index(fields=['username', '-id'], name='personal_read_username')],
            },
        ),
        migrations.CreateModel(
            name='PolicyAnswer',
            fields=[
                ('proposal', models.BigIntegerField(primary_key=True, serialize=False)),
                ('step', models.TextField()),
                ('person', models.TextField()),
                ('reason', models.TextField(db_default='')),
                ('cose', models.BinaryField(null=True)),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'policy_answer',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('cose__isnull', False), ('reason', ''), ('step', 'adopted')), models.Q(('cose', None), ('step', 'declined'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='policy_answer_step')],
            },
        ),
        migrations.CreateModel(
            name='Proxy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('household', models.TextField()),
                ('name', models.TextField()),
                ('since', models.DateField()),
                ('withdrawn', models.BooleanField(db_default=False)),
            ],
            options={
                'db_table': 'proxy',
                'constraints': [models.UniqueConstraint(fields=('household', 'name', 'since', 'withdrawn'), name='proxy_said_once')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('hash', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('device', models.TextField()),
                ('sequence', models.BigIntegerField()),
                ('previous', models.BinaryField(null=True)),
                ('point', models.TextField()),
                ('tag', models.BinaryField()),
                ('exception', models.TextField(null=True)),
                ('raw', models.BinaryField()),
                ('arrived', models.BigIntegerField(unique=True)),
            ],
            options={
                'db_table': 'receipt',
                'indexes': [models.Index(fields=['programme', 'cycle', 'device', 'sequence'], name='receipt_chain'), models.Index(fields=['programme', 'cycle', 'tag'], name='receipt_tag')],
            },
        ),
        migrations.CreateModel(
            name='Released',
            fields=[
                ('hash', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('point', models.TextField()),
                ('device', models.TextField()),
                ('target', models.TextField()),
                ('raw', models.BinaryField()),
            ],
            options={
                'db_table': 'released',
                'indexes': [models.Index(fields=['programme', 'cycle', 'point'], name='released_point')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('step', models.TextField()),
                ('username', models.TextField()),
                ('role', models.TextField()),
                ('area', models.TextField(null=True)),
                ('revoked', models.BooleanField(db_default=False)),
                ('person', models.TextField(db_default='')),
                ('second', models.TextField(db_default='')),
                ('proposal', models.BigIntegerField(null=True, unique=True)),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'role_grant',
                'indexes': [models.Index(fields=['programme', 'username'], name='role_grant_username')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person', ''), ('proposal', None), ('second', ''), ('step', 'machine')), models.Q(('proposal', None), ('second', ''), ('step', 'proposed'), models.Q(('person', ''), _negated=True)), models.Q(('step__in', ['confirmed', 'declined']), models.Q(('proposal', None), _negated=True), models.Q(('person', ''), _negated=True), models.Q(('second', ''), _negated=True), models.Q(('person', models.F('second')), _negated=True)), _connector='OR'), name='role_grant_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('kind', models.TextField()),
                ('subject', models.TextField()),
                ('cose', models.BinaryField()),
            ],
            options={
                'db_table': 'statement',
                'constraints': [models.UniqueConstraint(models.F('programme'), models.F('cycle'), models.F('kind'), models.F('subject'), name='statement_once')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'number', 'benefit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('number', models.IntegerField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('benefit', models.TextField()),
                ('on_the_way', models.BooleanField()),
                ('steps', models.BigIntegerField()),
                ('received', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
            ],
            options={
                'db_table': 'transfer',
                'constraints': [models.CheckConstraint(condition=models.Q(('steps__gt', 0)), name='transfer_steps')],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('tag', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('series', models.TextField()),
                ('number', models.BigIntegerField()),
                ('card', models.TextField()),
                ('leaf', models.BigIntegerField()),
                ('leaves', models.BigIntegerField()),
            ],
            options={
                'db_table': 'voucher',
                'constraints': [models.UniqueConstraint(fields=('programme', 'series', 'number'), name='voucher_number')],
            },
        ),
        migrations.CreateModel(
            name='VoucherReceipt',
            fields=[
                ('hash', models.BinaryField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('series', models.TextField()),
                ('device', models.TextField()),
                ('sequence', models.BigIntegerField()),
                ('previous', models.BinaryField(null=True)),
                ('merchant', models.TextField()),
                ('tag', models.BinaryField()),
                ('steps', models.BigIntegerField()),
                ('raw', models.BinaryField()),
            ],
            options={
                'db_table': 'voucher_receipt',
                'indexes': [models.Index(fields=['tag'], name='voucher_receipt_tag')],
            },
        ),
        migrations.CreateModel(
            name='VoucherSeries',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'series', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('series', models.TextField()),
                ('benefit', models.TextField()),
                ('worth', models.BigIntegerField()),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('parts', models.BooleanField()),
                ('merchant', models.TextField()),
                ('cents', models.BigIntegerField()),
                ('person', models.TextField()),
                ('second', models.TextField()),
                ('confirmed', models.BinaryField()),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'voucher_series',
                'constraints': [models.CheckConstraint(condition=models.Q(('cents__gte', 0), ('worth__gt', 0)), name='voucher_series_terms')],
            },
        ),
        migrations.CreateModel(
            name='Waybill',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'cycle', 'waybill', 'benefit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('cycle', models.TextField()),
                ('waybill', models.TextField()),
                ('lane', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('benefit', models.TextField()),
                ('steps', models.BigIntegerField()),
            ],
            options={
                'db_table': 'waybill',
                'constraints': [models.CheckConstraint(condition=models.Q(('steps__gt', 0)), name='waybill_steps')],
            },
        ),
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('programme', models.TextField()),
                ('step', models.TextField()),
                ('node', models.TextField()),
                ('benefit', models.TextField()),
                ('lot', models.TextField()),
                ('quantity', models.BigIntegerField()),
                ('reason', models.TextField()),
                ('person', models.TextField()),
                ('second', models.TextField(db_default='')),
                ('proposal', models.BigIntegerField(null=True, unique=True)),
                ('cycle', models.TextField(null=True)),
                ('at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'write_off',
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0), models.Q(('reason', ''), _negated=True), models.Q(('person', ''), _negated=True), models.Q(models.Q(('cycle', None), ('proposal', None), ('second', ''), ('step', 'proposed')), models.Q(('cycle', None), ('second', ''), ('step', 'withdrawn'), models.Q(('proposal', None), _negated=True)), models.Q(('cycle', None), ('step', 'declined'), models.Q(('proposal', None), _negated=True), models.Q(('second', ''), _negated=True)), models.Q(('step', 'confirmed'), models.Q(('proposal', None), _negated=True), models.Q(('second', ''), _negated=True)), _connector='OR')), name='write_off_step'), models.CheckConstraint(condition=models.Q(('second', ''), models.Q(('second', models.F('person')), _negated=True), _connector='OR'), name='write_off_two_persons')],
            },
        ),
        migrations.AddConstraint(
            model_name='node',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['entry', 'depot', 'point'])), name='node_kind'),
        ),
        migrations.AddIndex(
            model_name='laneversion',
            index=models.Index(fields=['lane', '-id'], name='lane_newest'),
        ),
        migrations.AddConstraint(
            model_name='laneversion',
            constraint=models.CheckConstraint(condition=models.Q(('capacity_base__gte', 0), ('capacity_base', None), _connector='OR'), name='lane_capacity'),
        ),
        migrations.AddConstraint(
            model_name='laneversion',
            constraint=models.CheckConstraint(condition=models.Q(('cost__gte', 0)), name='lane_cost'),
        ),
        # Numbered by the database where the writer gives no number; Django has no such field beside a primary key.
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} ALTER COLUMN {column} ADD GENERATED BY DEFAULT AS IDENTITY",
                f"ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY",
            )
            for table, column in (("household", "serial"), ("policy_text", "ordinal"), ("receipt", "arrived"))
        ],
    ]
