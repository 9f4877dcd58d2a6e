package dev.kiln;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Which package of the engine may use which, and what none of them may use. */
class ArchitectureTest {

  /** Every package of this module and those of ours that it may use. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "dev.kiln.linux", Set.of(),
          "dev.kiln.launcher", Set.of("dev.kiln.linux"),
          "dev.kiln.cgroup", Set.of("dev.kiln.linux"),
          "dev.kiln.log", Set.of("dev.kiln.linux"),
          "dev.kiln.host", Set.of("dev.kiln.linux"),
          "dev.kiln.contract", Set.of(),
          "dev.kiln.contract.framed", Set.of("dev.kiln.contract", "dev.kiln.linux"),
          "dev.kiln.pool.policy", Set.of(),
          "dev.kiln.sandbox",
              Set.of(
                  "dev.kiln.linux",
                  "dev.kiln.launcher",
                  "dev.kiln.cgroup",
                  "dev.kiln.log",
                  "dev.kiln.contract",
                  "dev.kiln.contract.framed"),
          "dev.kiln.pool",
              Set.of(
                  "dev.kiln.linux",
                  "dev.kiln.launcher",
                  "dev.kiln.cgroup",
                  "dev.kiln.log",
                  "dev.kiln.contract",
                  "dev.kiln.contract.framed",
                  "dev.kiln.sandbox",
                  "dev.kiln.pool.policy"));

  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("runtime-images"))
          .importPackages("dev.kiln");

  @Test
  void everyPackageUsesOnlyWhatTheTableAllows() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass type : ENGINE) {
      Set<String> allowed = MAY_USE.get(type.getPackageName());
      assertThat(allowed).as("the table's line of %s", type.getPackageName()).isNotNull();
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getPackageName())
          .filter(used -> used.startsWith("dev.kiln"))
          .filter(used -> !used.equals(type.getPackageName()) && !allowed.contains(used))
          .forEach(used -> violations.add(type.getName() + " uses " + used));
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void onlyLinuxUsesJnr() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.kiln.linux")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jnr..")
        .check(ENGINE);
  }

  @Test
  void theEngineKnowsNoServerAndNoStore() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.quarkus..",
            "io.vertx..",
            "jakarta..",
            "io.lettuce..",
            "io.netty.handler.codec.http..",
            "java.net.http..",
            "com.sun.net.httpserver..")
        .check(ENGINE);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.kiln.(**)").should().beFreeOfCycles().check(ENGINE);
  }

  @Test
  void everyPackageSaysWhatItIsAndThatNothingIsNull() {
    classes()
        .should()
        .resideInAnyPackage(
            ENGINE.getDefaultPackage().getSubpackagesInTree().stream()
                .filter(candidate -> candidate.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .toArray(String[]::new))
        .check(ENGINE);
  }
}
