package dev.kiln.load;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.kiln.load", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.kiln.load.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheGeneratorTouchesNetty =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.kiln.load.run")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule theGeneratorKnowsNothingOfKiln =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.kiln.load.run", "dev.kiln.load.arrival", "dev.kiln.load.statistics")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.kiln.load.kiln", "dev.kiln.load.scenario", "dev.kiln.load.report");
}
