"""Mailman 3 delivers one message to the members of a list, with its own outgoing runner, and says what it has on record.

Arguments: configuration file, message file, members. Prints one line of JSON.
"""

import email
import json
import sys
from datetime import datetime

from mailman.core.initialize import initialize

initialize(sys.argv[1])

from mailman.app.lifecycle import create_list
from mailman.config import config
from mailman.database.transaction import transaction
from mailman.email.message import Message
from mailman.interfaces.bounce import IBounceProcessor
from mailman.interfaces.domain import IDomainManager
from mailman.interfaces.usermanager import IUserManager
from mailman.runners.outgoing import OutgoingRunner
from zope.component import getUtility

_, _, message_file, *members = sys.argv
with transaction():
    getUtility(IDomainManager).add('news.acme.example')
    mlist = create_list('bonjour@news.acme.example', ['owner@news.acme.example'])
    for member in members:
        address = getUtility(IUserManager).create_address(member)
        address.verified_on = datetime(2026, 1, 1)
        mlist.subscribe(address)
with open(message_file, 'rb') as file:
    message = email.message_from_binary_file(file, Message)
config.switchboards['out'].enqueue(message, listid=mlist.list_id, recipients=members)
OutgoingRunner('out')._one_iteration()
retry = config.switchboards['retry']
waiting = [recipient for name in retry.files for recipient in retry.dequeue(name)[1]['recipients']]
with transaction():
    events = list(getUtility(IBounceProcessor).events)
    print(json.dumps({'bounced': sorted(event.email for event in events), 'waiting': sorted(waiting)}))
