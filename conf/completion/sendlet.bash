# SPDX-License-Identifier: ISC
# Completion for bash: goes to /usr/share/bash-completion/completions/sendlet.

_sendlet_queued()
{
	mailq 2>/dev/null | awk '/^[0-9A-Za-z]/ && $2 ~ /^[0-9]+$/ { print $1 }'
}

_sendlet()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=
	((COMP_CWORD == 0)) || before=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	case $before in
	--config | --import)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null || :
		return
		;;
	--delete | --hold | --release)
		mapfile -t COMPREPLY < <(compgen -W "$(_sendlet_queued)" -- "$word")
		return
		;;
	-b) mapfile -t COMPREPLY < <(compgen -W 'i m p s v' -- "$word") && return ;;
	-e) mapfile -t COMPREPLY < <(compgen -W 'e m p q w' -- "$word") && return ;;
	-B) mapfile -t COMPREPLY < <(compgen -W '7BIT 8BITMIME' -- "$word") && return ;;
	-N) mapfile -t COMPREPLY < <(compgen -W 'never success failure delay' -- "$word") && return ;;
	-R) mapfile -t COMPREPLY < <(compgen -W 'full hdrs' -- "$word") && return ;;
	esac
	case $word in
	-*)
		mapfile -t COMPREPLY < <(compgen -W '--check --config --delete --drain --dry-run --help --hold --json --import --release --send --stats --version
		    -B -F -G -N -O -R -V -bi -bp -bs -bv -f -i -n -odb -odi -odq -q -t -v' -- "$word")
		;;
	*@*)
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -u -- "$word")
		;;
	esac
}

complete -F _sendlet sendlet sendmail
