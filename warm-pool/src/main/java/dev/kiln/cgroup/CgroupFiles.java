package dev.kiln.cgroup;

import dev.kiln.linux.Errno;
import dev.kiln.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The driver, for both layouts of {@link SlotGroup}: opens a slot's files when it is first used and
 * keeps them open. Where the launcher has replaced a slot's groups since, the kernel says ENODEV on
 * the old files; they are then opened anew.
 */
public final class CgroupFiles implements CgroupDriver {

  /** Where the gateway sees Kiln's own groups. */
  public static final Path ROOT = Path.of("/kiln/cgroup");

  private final Slot[] slots;

  private CgroupFiles(int count, Function<String, SlotGroup> opener) {
    slots = new Slot[count];
    for (int slot = 0; slot < count; slot++) {
      slots[slot] = new Slot("slot-" + slot, opener);
    }
  }

  /**
   * Takes the driver that fits what the launcher has made beneath {@code root}.
   *
   * @param root holds {@code memory}, {@code cpu}, {@code pids} and {@code unified}, or {@code
   *     unified} alone
   * @param slots how many there are
   */
  public static CgroupDriver open(Path root, int slots) {
    Layout layout = Files.isDirectory(root.resolve("memory")) ? HybridSlot::new : UnifiedSlot::new;
    return new CgroupFiles(slots, group -> open(layout, root, group));
  }

  private static SlotGroup open(Layout layout, Path root, String group) {
    ControlFiles files = new ControlFiles();
    try {
      return layout.open(root, group, files);
    } catch (LinuxException e) {
      files.close();
      throw e;
    }
  }

  /** Where the files of a slot lie. */
  private interface Layout {
    SlotGroup open(Path root, String group, ControlFiles files);
  }

  /** One slot's files, guarded by this object's lock. */
  private static final class Slot {
    private final String name;
    private final Function<String, SlotGroup> opener;
    private @Nullable SlotGroup group;
    private boolean verified;

    Slot(String name, Function<String, SlotGroup> opener) {
      this.name = name;
      this.opener = opener;
    }

    synchronized void apply(Limits limits) {
      use(
          files -> {
            files.limitMemory(limits.memoryBytes());
            files.weighCpu(limits.cpuWeight());
            files.limitCpu(limits.cpuMillis());
            files.limitProcesses(limits.processes());
            if (!verified) {
              files.verify();
              verified = true;
            }
            return 0;
          });
    }

    synchronized void change(Consumer<SlotGroup> action) {
      use(
          files -> {
            action.accept(files);
            return 0;
          });
    }

    synchronized long use(ToLongFunction<SlotGroup> action) {
      try {
        return action.applyAsLong(opened());
      } catch (LinuxException e) {
        if (!e.errno().equals(Errno.ENODEV)) {
          throw e;
        }
      }
      close();
      return action.applyAsLong(opened());
    }

    private SlotGroup opened() {
      if (group == null) {
        group = opener.apply(name);
      }
      return group;
    }

    synchronized void close() {
      verified = false;
      if (group != null) {
        group.close();
        group = null;
      }
    }
  }

  @Override
  public void apply(int slot, Limits limits) {
    slots[slot].apply(limits);
  }

  @Override
  public void reset(int slot) {
    slots[slot].change(
        files -> {
          files.limitCpu(0);
          files.freeze(false);
        });
  }

  @Override
  public void freeze(int slot) {
    slots[slot].change(files -> files.freeze(true));
  }

  @Override
  public void thaw(int slot) {
    slots[slot].change(files -> files.freeze(false));
  }

  @Override
  public long memoryBytes(int slot) {
    return slots[slot].use(SlotGroup::memoryBytes);
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.close();
    }
  }
}
