package dev.kiln.image;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package may use which. */
final class PackagesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.kiln");

  @Test
  void usesPackagesInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.kiln..")
        .layer("image")
        .definedBy("dev.kiln.image")
        .layer("archive")
        .definedBy("dev.kiln.image.archive")
        .layer("tree")
        .definedBy("dev.kiln.image.tree")
        .layer("code")
        .definedBy("dev.kiln.image.code")
        .layer("build")
        .definedBy("dev.kiln.image.build")
        .layer("unpack")
        .definedBy("dev.kiln.image.unpack")
        .layer("store")
        .definedBy("dev.kiln.image.store")
        .layer("pull")
        .definedBy("dev.kiln.image.pull")
        .whereLayer("archive")
        .mayOnlyBeAccessedByLayers("code", "unpack", "pull")
        .whereLayer("tree")
        .mayOnlyBeAccessedByLayers("code", "build", "unpack", "store")
        .whereLayer("unpack")
        .mayOnlyBeAccessedByLayers("store")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("pull")
        .whereLayer("pull")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("code")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("build")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("image")
        .mayOnlyBeAccessedByLayers("archive", "tree", "code", "build", "unpack", "store", "pull")
        .check(CLASSES);
  }

  @Test
  void hasNoCycles() {
    slices().matching("dev.kiln.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
