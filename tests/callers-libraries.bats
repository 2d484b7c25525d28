#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Mail libraries of Node, Perl and Ruby, and the programs of patch senders.
# shellcheck disable=SC2016 # scripts for the shell inside

load lib/common
load callers/callers

# -- Node -------------------------------------------------------------------------------------

# Mixed line ends in one message are nodemailer's own doing.
nodemailer() {
	cat <<-'END'
		const transport = require('nodemailer').createTransport({ sendmail: true });
		transport.sendMail({
			from: 'Shop <shop@example.org>', to: 'Pat <pat@example.net>',
			cc: 'cc@example.net', bcc: 'hidden@example.net',
			subject: 'Grüße', text: 'Hello\n.\n..bye\n',
			messageId: '<7@example.org>', date: 'Sun, 22 Nov 2026 10:00:00 +0000'
		}, (error, info) => {
			console.log(error ? 'error: ' + error.message : 'sent ' + info.messageId);
		});
	END
}

@test "nodemailer" {
	call -u kit node - < <(nodemailer)
	delivered shop@example.org pat@example.net cc@example.net hidden@example.net
	assert_equal "$(<"$OUT")" 'sent <7@example.org>'
	assert_field From 'Shop <shop@example.org>'
	assert_field To 'Pat <pat@example.net>'
	assert_field Cc cc@example.net
	assert_field Subject '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?='
	assert_field Message-ID '<7@example.org>'
	assert_field Date 'Sun, 22 Nov 2026 10:00:00 +0000'
	assert_equal "$(body)" $'Hello\n.\n..bye'
	refute_text hidden@example.net
}

@test "nodemailer: an attachment of a megabyte" {
	call -u kit node - <<-'END'
		const transport = require('nodemailer').createTransport({ sendmail: true });
		transport.sendMail({ from: 'shop@example.org', to: 'pat@example.net', text: 'see below',
			subject: 'a test',
			attachments: [{ filename: 'x.bin', content: Buffer.alloc(1 << 20, 'sendlet') }]
		}, (error) => console.log(error ? 'error: ' + error.message : 'sent'));
	END
	delivered shop@example.org pat@example.net
	assert_equal "$(<"$OUT")" sent
	(($(stat -c %s "$(arrived)") > 1400000)) || fail "too short"
	assert_field_like Content-Type 'multipart/mixed; *boundary=".*"'
	grep -qF -- "--$(field Content-Type | sed 's/.*boundary="\(.*\)"/\1/')--" "$(arrived)"
}

@test "nodemailer: an error when the relay refuses" {
	stop_sinks
	prepare --on 'RCPT:pat=550 5.1.1 no such user'
	call -u kit node - < <(nodemailer)
	grep -x 'error: Sendmail exited with code 67' "$OUT"
	assert_received 1
	assert_envelope 1 shop@example.org cc@example.net hidden@example.net
}

# -- Perl -------------------------------------------------------------------------------------

email_sender() {
	cat <<-'END'
		use Email::Sender::Simple qw(try_to_sendmail sendmail);
		use Email::Sender::Transport::Sendmail;
		use Email::Simple;
		my $email = Email::Simple->create(header => [From => 'Shop <shop@example.org>',
		    To => 'Pat <pat@example.net>', Subject => 'a test',
		    Date => 'Sun, 22 Nov 2026 10:00:00 +0000', 'Message-ID' => '<7@example.org>'],
		    body => "Hello\n.\n..bye\n");
		my $result = eval { sendmail($email, { from => 'bounces@example.org',
		    to => ['pat@example.net', 'hidden@example.net'],
		    transport => Email::Sender::Transport::Sendmail->new }) };
		print $result ? ref $result : "failed: $@\n";
	END
}

@test "Email::Sender" {
	call -u kit perl < <(email_sender)
	delivered bounces@example.org pat@example.net hidden@example.net
	assert_equal "$(<"$OUT")" Email::Sender::Success
	assert_field From 'Shop <shop@example.org>'
	assert_field Message-ID '<7@example.org>'
	assert_field Date 'Sun, 22 Nov 2026 10:00:00 +0000'
	assert_equal "$(body)" $'Hello\n.\n..bye'
	refute_text hidden@example.net
}

@test "Email::Sender: an exception when the relay refuses" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	call -u kit perl < <(email_sender)
	grep '^failed: ' "$OUT"
	refused pat@example.net 'no such user'
}

@test "MIME::Lite" {
	call -u kit perl <<-'END'
		use MIME::Lite;
		my $mail = MIME::Lite->new(From => 'Shop <shop@example.org>',
		    To => 'Pat <pat@example.net>', Cc => 'cc@example.net', Bcc => 'hidden@example.net',
		    Subject => 'a test', Type => 'multipart/mixed');
		$mail->attach(Type => 'TEXT', Data => "Hello\n.\n..bye\n");
		$mail->attach(Type => 'application/octet-stream', Filename => 'x.bin',
		    Encoding => 'base64', Data => join '', map chr, 0 .. 255);
		print $mail->send('sendmail') ? 'sent' : 'failed';
	END
	delivered shop@example.org pat@example.net cc@example.net hidden@example.net
	assert_equal "$(<"$OUT")" sent
	assert_field From 'Shop <shop@example.org>'
	assert_field Cc cc@example.net
	assert_field_like X-Mailer 'MIME::Lite .*'
	body | grep -x -A 2 Hello | cmp - <(printf '%s\n' Hello . ..bye)
	refute_text hidden@example.net
}

@test "Mail::Mailer" {
	call -u kit perl <<-'END'
		use Mail::Mailer;
		my $mail = Mail::Mailer->new('sendmail', '-f', 'bounces@example.org');
		$mail->open({ From => 'shop@example.org', To => ['pat@example.net', 'kim@example.net'],
		    Bcc => 'hidden@example.net', Subject => 'a test' });
		print $mail "Hello\n";
		print $mail->close ? 'sent' : 'failed';
	END
	delivered bounces@example.org pat@example.net kim@example.net hidden@example.net
	assert_equal "$(<"$OUT")" sent
	assert_field From shop@example.org
	assert_equal "$(body)" Hello
	refute_text hidden@example.net
}

# -- Ruby -------------------------------------------------------------------------------------

@test "Ruby mail" {
	call -u kit ruby <<-'END'
		require 'mail'
		mail = Mail.new(from: 'Shop <shop@example.org>', to: 'Pat <pat@example.net>',
		    bcc: 'hidden@example.net', subject: 'Grüße', body: "Hello\n.\n..bye\n",
		    date: 'Sun, 22 Nov 2026 10:00:00 +0000', message_id: '<7@example.org>')
		mail.delivery_method :sendmail
		mail.deliver!
		print 'sent'
	END
	delivered shop@example.org pat@example.net hidden@example.net
	assert_equal "$(<"$OUT")" sent
	assert_field From 'Shop <shop@example.org>'
	assert_field Subject '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?='
	assert_field Message-ID '<7@example.org>'
	assert_field Date 'Sun, 22 Nov 2026 10:00:00 +0000'
	assert_equal "$(body)" $'Hello\n.\n..bye'
	refute_text hidden@example.net
}

# -- patches ----------------------------------------------------------------------------------

# A commit of kit's, with carriage returns and a line of one dot in it.
git_prepare='
	set -e
	cd /home/kit
	git config --global user.name "Kit Example"
	git config --global user.email kit@example.org
	git config --global init.defaultBranch main
	git init -q here
	cd here
	printf "one\r\n.\n..\n" >file
	git add file
	git commit -q -m "file: a test" -m "With a body."
'

@test "git send-email" {
	call -u kit sh -c "$git_prepare"'
		git send-email --quiet --confirm=never --suppress-cc=all \
		    --envelope-sender=bounces@example.org --to "Pat <pat@example.net>" \
		    --cc cc@example.net --bcc hidden@example.net -1
		git init -q ../there
		git -C ../there am -q --quoted-cr=nowarn --whitespace=nowarn /sink/1.eml
		cmp file ../there/file
	'
	delivered bounces@example.org pat@example.net cc@example.net hidden@example.net
	assert_field From 'Kit Example <kit@example.org>'
	assert_field To 'Pat <pat@example.net>'
	assert_field Cc cc@example.net
	assert_field Subject '[PATCH] file: a test'
	assert_field_like Message-ID '<[0-9]{14}\.[0-9]+-1-kit@example.org>'
	assert_field_like X-Mailer 'git-send-email .*'
	refute_text hidden@example.net
}

@test "git send-email: dies when the relay refuses" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	call -u kit sh -c "$git_prepare"'
		git send-email --quiet --confirm=never --suppress-cc=all \
		    --to pat@example.net -1'
	((status != 0)) || fail "exit 0"
	[[ ! -s $OUT ]] || fail "claims to have sent it"
	assert_stderr_line '.*550 5\.1\.1 no such user.*'
	refused pat@example.net 'no such user'
}

@test "quilt mail --send" {
	call -u kit sh -ec '
		mkdir /tmp/tree
		cd /tmp/tree
		echo one >file
		quilt new change.patch
		quilt add file
		echo two >file
		quilt refresh
		(echo "Subject: change it"; echo; cat patches/change.patch) >new
		mv new patches/change.patch
		cat >/tmp/edit <<-"END"
			#!/bin/sh
			sed -i "s/^Subject:.*/Subject: a series/" "$1"
			echo "All of it." >>"$1"
		END
		chmod +x /tmp/edit
		EDITOR=/tmp/edit LOGNAME=kit quilt mail --send --from "Kit <kit@example.org>" \
		    --sender kit@example.org --to pat@example.net --bcc hidden@example.net
	'
	assert_exit 0
	assert_wire_clean
	assert_received 2
	for n in 1 2; do
		assert_wellformed "$n"
		assert_envelope "$n" kit@example.org pat@example.net hidden@example.net
		assert_field From 'Kit <kit@example.org>' "$n"
	done
	refute_text hidden@example.net
	body 2 | grep -x '+two'
}
