package dev.kiln.launcher;

/** What the launcher was doing when it failed; the texts and the order are those of messages.h. */
enum Step {
  NONE(""),
  MESSAGE("check message"),
  SLOT("check slot"),
  CGROUP_MAKE("make cgroup"),
  CGROUP_JOIN("join cgroup"),
  CGROUP_NAMESPACE("unshare cgroup namespace"),
  NETWORK_MAKE("make network namespace"),
  NETWORK_JOIN("join network namespace"),
  CHANNELS("make channels"),
  ZYGOTE("ask zygote"),
  CLONE("clone sandbox"),
  SESSION("start session"),
  ROOT_MOUNT("mount root"),
  ROOT_PIVOT("pivot root"),
  PROC_MOUNT("mount proc"),
  PROC_MASK("mask proc"),
  DEV_MOUNT("mount dev"),
  TMP_MOUNT("mount tmp"),
  SHM_MOUNT("mount shm"),
  HOSTNAME("set host name"),
  DESCRIPTORS("close descriptors"),
  RLIMITS("set rlimits"),
  BOUNDING_SET("empty bounding set"),
  CREDENTIALS("change credentials"),
  CAPABILITIES("clear capabilities"),
  NO_NEW_PRIVILEGES("set no_new_privs"),
  LANDLOCK("restrict by landlock"),
  SECCOMP("install seccomp filter"),
  DUMPABLE("become dumpable"),
  EXECUTE("execute"),
  CODE_OPEN("open code"),
  CODE_MOUNT("mount code"),
  LAYERS_OPEN("open layers"),
  LAYERS_MOUNT("mount layers"),
  TMP_RESIZE("resize tmp"),
  NAMESPACE_ENTER("enter sandbox's namespace"),
  SOCKET_MAKE("make socket"),
  KILL_SEND("kill sandbox");

  private static final Step[] VALUES = values();

  private final String text;

  Step(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** Returns the text of a step's number, or the number where this side does not know it. */
  static String textOf(int number) {
    return number >= 0 && number < VALUES.length ? VALUES[number].text : "step " + number;
  }
}
