package dev.kiln.launcher;

/**
 * What the launcher says of itself when it is greeted.
 *
 * @param slots how many sandboxes may live at once
 * @param firstUid the user id of slot 0; slot n has {@code firstUid + n}
 * @param runtimes how many runtimes its command line named
 * @param cgroupVersion 1: limits in v1 hierarchies, freezing in the unified one; 2: all in the
 *     unified one
 * @param landlockAbi version of Landlock that sandboxes are restricted by, 0: the kernel has none
 */
public record Welcome(int slots, int firstUid, int runtimes, int cgroupVersion, int landlockAbi) {

  public Welcome {
    if (slots <= 0 || runtimes < 0 || cgroupVersion < 1 || cgroupVersion > 2 || landlockAbi < 0) {
      throw new IllegalArgumentException(
          "launcher's welcome makes no sense: slots=%d runtimes=%d cgroupVersion=%d landlockAbi=%d"
              .formatted(slots, runtimes, cgroupVersion, landlockAbi));
    }
  }
}
