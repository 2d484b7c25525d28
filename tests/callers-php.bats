#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# PHP: mail(), PHPMailer, PEAR Mail and Symfony Mailer.
# shellcheck disable=SC2016 # scripts for the shell inside

load lib/common
load callers/callers

# -- mail() -----------------------------------------------------------------------------------

@test "PHP mail(): LF, nothing but the necessary" {
	call -u kit php <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', "Hello\n.\n..\nbye\n"));
	END
	delivered kit@client.example.org pat@example.net
	assert_equal "$(<"$OUT")" 'bool(true)'
	assert_field To pat@example.net
	assert_field Subject 'a test'
	assert_field From 'Kit Example <kit@client.example.org>'
	assert_equal "$(body)" $'Hello\n.\n..\nbye'
}

@test "PHP mail(): CRLF in header and body" {
	call -u kit php <<-'END'
		<?php
		var_dump(mail('Pat <pat@example.net>', 'a test', "Hello\r\nthere\r\n",
		    "From: Shop <shop@example.org>\r\nReply-To: help@example.org\r\n" .
		    "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <7@example.org>\r\n" .
		    "X-Folded: one\r\n two"));
	END
	delivered kit@client.example.org pat@example.net
	assert_equal "$(<"$OUT")" 'bool(true)'
	assert_field From 'Shop <shop@example.org>'
	assert_field Reply-To help@example.org
	assert_field Date 'Sun, 22 Nov 2026 10:00:00 +0000'
	assert_field Message-ID '<7@example.org>'
	assert_field X-Folded 'one two'
	assert_equal "$(body)" $'Hello\nthere'
	! grep -v $'\r$' "$(arrived)" || fail "bare LF"
}

@test "PHP mail(): LF in the headers, as Drupal has it" {
	call -u kit php -d mail.mixed_lf_and_crlf=On <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', "Hello\n",
		    "From: shop@example.org\nMIME-Version: 1.0\n" .
		    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit",
		    '-fbounces@example.org'));
	END
	delivered bounces@example.org pat@example.net
	assert_field Content-Type 'text/plain; charset=UTF-8'
	assert_field From shop@example.org
}

@test "PHP mail(): fifth parameter sets the envelope sender" {
	call -u kit php <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', 'Hello',
		    ['From' => 'Shop <shop@example.org>'], '-f bounces@example.org'));
	END
	delivered bounces@example.org pat@example.net
	assert_field From 'Shop <shop@example.org>'
	refute_text bounces@example.org
}

@test "PHP mail(): Cc and Bcc" {
	call -u kit php <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', 'Hello',
		    "From: shop@example.org\r\nCc: cc@example.net\r\n" .
		    "Bcc: hidden@example.net,\r\n other@example.net\r\nX-Last: yes"));
	END
	delivered kit@client.example.org pat@example.net cc@example.net hidden@example.net \
		other@example.net
	assert_field Cc cc@example.net
	assert_field X-Last yes
	refute_text hidden@example.net
	refute_text other@example.net
}

@test "PHP mail(): 8-bit body and encoded subject" {
	call -u kit php <<-'END'
		<?php
		$subject = mb_encode_mimeheader('Grüße aus Köln', 'UTF-8', 'Q');
		var_dump(mail('pat@example.net', $subject, "Grüße\n",
		    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n" .
		    "Content-Transfer-Encoding: 8bit"));
	END
	delivered kit@client.example.org pat@example.net
	[[ $(field Subject) == '=?UTF-8?Q?'* ]]
	assert_equal "$(body)" 'Grüße'
	[[ $(envelope mail) == *BODY=8BITMIME* ]]
}

@test "PHP mail(): options of an attacker in the fifth parameter do nothing" {
	call -u kit sh -c 'php && find /tmp /home/kit -type f' <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', '<?php system($_GET[1]); ?>', '',
		    '-f kit@example.org -oQ/tmp -X/tmp/log.php -OQueueDirectory=/tmp'));
	END
	delivered kit@example.org pat@example.net
	assert_equal "$(<"$OUT")" 'bool(true)'
}

# An upload that is a configuration, and a fifth parameter that points to it.
attack() {
	echo "relay smtp+notls://127.0.0.1:$PORT
		auth-without-tls yes
		user kit
		password \"command:/usr/bin/touch /tmp/ran\"" >"$BATS_TEST_TMPDIR/upload"
	call -u kit sh -c 'cat >/tmp/upload && chmod 600 /tmp/upload
		php -r "mail(\"pat@example.net\", \"a test\", \"Hello\", \"\", \$argv[1]);" -- "$1"
		ls /tmp' attack "$1" <"$BATS_TEST_TMPDIR/upload"
	assert_equal "$(<"$OUT")" upload
}

@test "PHP mail(): no program is run for an attacker's -C" {
	attack '-fkit@example.org -C/tmp/upload'
}

@test "PHP mail(): no program is run for an attacker's --config" {
	attack '-fkit@example.org --config=/tmp/upload'
}

@test "PHP mail(): false when the relay refuses the recipient" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	call -u kit php <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', 'Hello'));
	END
	assert_equal "$(<"$OUT")" 'bool(false)'
	assert_stderr_line '.*pat@example\.net.*550 5\.1\.1 no such user.*'
	refused pat@example.net 'no such user'
}

@test "PHP mail(): false when the relay defers the recipient" {
	stop_sinks
	prepare --on 'RCPT=450 4.2.0 greylisted'
	call -u kit php <<-'END'
		<?php
		var_dump(mail('pat@example.net', 'a test', 'Hello'));
	END
	assert_equal "$(<"$OUT")" 'bool(false)'
	assert_stderr_line '.*pat@example\.net.*450 4\.2\.0 greylisted.*'
	refused pat@example.net greylisted
}

# -- libraries --------------------------------------------------------------------------------

phpmailer() {
	cat <<-'END'
		<?php
		require '/usr/share/php/libphp-phpmailer/autoload.php';
		$mail = new PHPMailer\PHPMailer\PHPMailer(true);
		$mail->setFrom('shop@example.org', 'Shop');
		$mail->addAddress('pat@example.net', 'Pat');
		$mail->addBCC('hidden@example.net');
		$mail->Subject = 'a test';
		$mail->Body = "Hello\n.\nbye";
	END
	cat
}

phpmailer_arrived() {
	delivered shop@example.org pat@example.net hidden@example.net
	assert_field From 'Shop <shop@example.org>'
	assert_field To 'Pat <pat@example.net>'
	assert_field Subject 'a test'
	assert_field_like Message-ID '<[A-Za-z0-9]+@client.example.org>'
	assert_field_like X-Mailer 'PHPMailer .*'
	assert_equal "$(body)" $'Hello\n.\nbye'
	refute_text hidden@example.net
}

@test "PHPMailer: isSendmail" {
	phpmailer <<-'END' >"$BATS_TEST_TMPDIR/script"
		$mail->isSendmail();
		var_dump($mail->send());
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	assert_equal "$(<"$OUT")" 'bool(true)'
	phpmailer_arrived
}

@test "PHPMailer: isMail" {
	phpmailer <<-'END' >"$BATS_TEST_TMPDIR/script"
		$mail->isMail();
		var_dump($mail->send());
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	assert_equal "$(<"$OUT")" 'bool(true)'
	phpmailer_arrived
}

@test "PHPMailer: an exception when the relay refuses" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	phpmailer <<-'END' >"$BATS_TEST_TMPDIR/script"
		$mail->isSendmail();
		try {
			$mail->send();
		} catch (PHPMailer\PHPMailer\Exception $e) {
			echo $e->getMessage();
		}
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	grep -F 'Could not execute: /usr/sbin/sendmail' "$OUT"
	refused pat@example.net 'no such user'
}

@test "PEAR Mail" {
	call -u kit php <<-'END'
		<?php
		require 'Mail.php';
		$mail = Mail::factory('sendmail');
		var_dump($mail->send(['pat@example.net', 'hidden@example.net'], [
		    'From' => 'Shop <shop@example.org>', 'To' => 'Pat <pat@example.net>',
		    'Subject' => 'a test'], "Hello\n"));
	END
	delivered shop@example.org pat@example.net hidden@example.net
	assert_equal "$(<"$OUT")" 'bool(true)'
	assert_field From 'Shop <shop@example.org>'
	assert_field Subject 'a test'
	assert_equal "$(body)" Hello
	refute_text hidden@example.net
}

# -- Symfony Mailer ---------------------------------------------------------------------------

# symfony DSN <MORE: a script that has sent one message.
symfony() {
	cat <<-END
		<?php
		require '/usr/share/php/Symfony/Component/Mailer/autoload.php';
		use Symfony\\Component\\Mailer\\{Mailer, Transport};
		\$mailer = new Mailer(Transport::fromDsn('$1'));
	END
	cat <<-'END'
		function letter($number) {
			return (new Symfony\Component\Mime\Email())
			    ->from('Shop <shop@example.org>')->to('Pat <pat@example.net>')
			    ->bcc('hidden@example.net')->subject("test $number")
			    ->text("Hello\n.\n..bye\n");
		}
	END
	cat
}

symfony_arrived() {
	assert_wellformed "$1"
	assert_envelope "$1" shop@example.org pat@example.net hidden@example.net
	assert_field From 'Shop <shop@example.org>' "$1"
	assert_field To 'Pat <pat@example.net>' "$1"
	assert_field Subject "test $1" "$1"
	assert_field_like Message-ID '<[0-9a-f]{32}@example.org>' "$1"
	assert_equal "$(body "$1")" $'Hello\n.\n..bye'
	refute_text hidden@example.net "$1"
}

symfony_sends() {
	symfony "$1" <<-'END' >"$BATS_TEST_TMPDIR/script"
		$mailer->send(letter(1));
		echo "sent";
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	assert_equal "$(<"$OUT")" sent
	delivered shop@example.org pat@example.net hidden@example.net
	symfony_arrived 1
}

symfony_throws() {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	symfony "$1" <<-'END' >"$BATS_TEST_TMPDIR/script"
		try {
			$mailer->send(letter(1));
			echo "sent";
		} catch (Symfony\Component\Mailer\Exception\TransportException $e) {
			echo $e->getMessage();
		}
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	grep -F '550 5.1.1 no such user' "$OUT"
	assert_received 0
}

bs='sendmail://default?command=/usr/sbin/sendmail%20-bs%20-i'
# Without -i Symfony doubles dots, which no sendmail but the original undoes.
t='sendmail://default?command=/usr/sbin/sendmail%20-t%20-i'

@test "Symfony Mailer: default transport, which is -bs" {
	symfony_sends sendmail://default
}

@test "Symfony Mailer: -bs -i, as Laravel has it" {
	symfony_sends "$bs"
}

@test "Symfony Mailer: -t" {
	symfony_sends "$t"
}

@test "Symfony Mailer: the native transport" {
	symfony_sends native://default
}

@test "Symfony Mailer: three messages over one -bs process" {
	symfony "$bs" <<-'END' >"$BATS_TEST_TMPDIR/script"
		foreach ([1, 2, 3] as $number)
			$mailer->send(letter($number));
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	assert_exit 0
	assert_silent
	assert_received 3
	assert_wire_clean
	symfony_arrived 1
	symfony_arrived 2
	symfony_arrived 3
	assert_equal "$(envelope session 1)" "$(envelope session 3)"
}

@test "Symfony Mailer: -bs goes on after a refused message" {
	stop_sinks
	prepare --on 'RCPT#1=550 5.1.1 no such user'
	symfony "$bs" <<-'END' >"$BATS_TEST_TMPDIR/script"
		try {
			$mailer->send(letter(0));
		} catch (Symfony\Component\Mailer\Exception\TransportException $e) {
			echo "refused";
		}
		$mailer->send(letter(1));
	END
	call -u kit php <"$BATS_TEST_TMPDIR/script"
	assert_exit 0
	assert_equal "$(<"$OUT")" refused
	[[ ! -s $ERR ]]
	assert_received 1
	symfony_arrived 1
}

@test "Symfony Mailer: -bs throws with the relay's words" {
	symfony_throws "$bs"
}

@test "Symfony Mailer: -t throws with the relay's words" {
	symfony_throws "$t"
}
