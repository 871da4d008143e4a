"""A genuine Asterisk on loopback ports, and telephones that call each other on it.

A folder of tests that uses it has `from tests.genuine.fixtures import genuine, genuine_servers` in its
conftest. The fixture `genuine` is a `GenuineOffice`, on Asterisk 22 with files, unless `on_asterisk` says
other versions and flavours. The users of its manager interface are in `etc/common/manager.d`; what can be
dialed is in `etc/plain/extensions.conf` and `etc/freepbx/extensions.conf`; both have the extensions 201 to
206, the group 300, the queues 400 and 401, and numbers outside that begin with 0 or +. The flavour `small`
has no hints of its own, and the telephones 301 and 302 of the old channel driver.
"""
