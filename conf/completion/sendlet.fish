# SPDX-License-Identifier: ISC
# Completion for fish: goes to /usr/share/fish/vendor_completions.d/.

function __sendlet_queued
	mailq 2>/dev/null | awk '/^[0-9A-Za-z]/ && $2 ~ /^[0-9]+$/ { print $1 }'
end

for name in sendlet sendmail
	complete -c $name -l check -d 'examine what a mail needs'
	complete -c $name -l config -r -d 'first word only: read this configuration'
	complete -c $name -l delete -x -a '(__sendlet_queued)' -d 'remove a message from the queue'
	complete -c $name -l drain -d 'deliver what is due in the queue'
	complete -c $name -l dry-run -d 'print envelope and header, send nothing'
	complete -c $name -l help -d 'print all options'
	complete -c $name -l hold -x -a '(__sendlet_queued)' -d 'keep a queued message from being tried'
	complete -c $name -l json -d 'print a JSON object'
	complete -c $name -l import -r -d 'print settings of another mail program as ours'
	complete -c $name -l release -x -a '(__sendlet_queued)' -d 'try a held message again'
	complete -c $name -l send -d 'with --check: send a test message'
	complete -c $name -l stats -d 'print the queue in numbers'
	complete -c $name -l version -d 'print versions'
	complete -c $name -s B -x -a '7BIT 8BITMIME' -d 'body type'
	complete -c $name -s F -x -d 'full name of the sender'
	complete -c $name -s G -d 'from a gateway: header not completed'
	complete -c $name -s N -x -a 'never success failure delay' -d 'notifications'
	complete -c $name -s R -x -a 'full hdrs' -d 'what notifications return'
	complete -c $name -s V -x -d 'envelope identifier'
	complete -c $name -o bi -d 'check the aliases'
	complete -c $name -o bp -d 'list the queue'
	complete -c $name -o bs -d 'SMTP on standard input'
	complete -c $name -o bv -d 'verify addresses'
	complete -c $name -s f -x -d 'envelope sender'
	complete -c $name -s i -d 'a line with only a dot is text'
	complete -c $name -s n -d 'no aliasing'
	complete -c $name -o odb -d 'deliver in the background'
	complete -c $name -o odi -d 'deliver now'
	complete -c $name -o odq -d 'queue only'
	complete -c $name -s q -d 'deliver what is queued'
	complete -c $name -s t -d 'take recipients from the header'
	complete -c $name -s v -d 'show the dialogue'
end
