package dev.kiln.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

/**
 * Which package may use which: front doors use deploy and invoke, these use functions, nothing
 * looks back.
 */
@AnalyzeClasses(packages = "dev.kiln.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
final class PackagesTest {

  @ArchTest
  static final ArchRule LAYERS =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.kiln.gateway..")
          .layer("gateway")
          .definedBy("dev.kiln.gateway")
          .layer("rest")
          .definedBy("dev.kiln.gateway.rest")
          .layer("url")
          .definedBy("dev.kiln.gateway.url")
          .layer("http")
          .definedBy("dev.kiln.gateway.http")
          .layer("observe")
          .definedBy("dev.kiln.gateway.observe")
          .layer("deploy")
          .definedBy("dev.kiln.gateway.deploy")
          .layer("invoke")
          .definedBy("dev.kiln.gateway.invoke")
          .layer("admission")
          .definedBy("dev.kiln.gateway.admission")
          .layer("redis")
          .definedBy("dev.kiln.gateway.redis")
          .layer("log")
          .definedBy("dev.kiln.gateway.log")
          .layer("function")
          .definedBy("dev.kiln.gateway.function")
          .layer("problem")
          .definedBy("dev.kiln.gateway.problem")
          .whereLayer("gateway")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("rest")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("url")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("observe")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("redis")
          .mayOnlyBeAccessedByLayers("gateway")
          .whereLayer("http")
          .mayOnlyBeAccessedByLayers("gateway", "rest", "url", "observe")
          .whereLayer("deploy")
          .mayOnlyBeAccessedByLayers("gateway", "rest", "observe")
          .whereLayer("invoke")
          .mayOnlyBeAccessedByLayers("gateway", "rest", "url", "http", "observe")
          .whereLayer("admission")
          .mayOnlyBeAccessedByLayers("gateway", "invoke", "observe")
          .whereLayer("log")
          .mayOnlyBeAccessedByLayers("gateway", "rest", "observe")
          .whereLayer("function")
          .mayOnlyBeAccessedByLayers(
              "gateway", "rest", "url", "http", "observe", "deploy", "invoke", "redis", "log");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.kiln.gateway.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_REDIS_KNOWS_LETTUCE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.kiln.gateway.redis")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.lettuce..");

  @ArchTest
  static final ArchRule NOTHING_MAKES_SYSTEM_CALLS =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("jnr..", "dev.kiln.linux..");

  @ArchTest
  static final ArchRule DOMAIN_KNOWS_NO_HTTP =
      classes()
          .that()
          .resideInAnyPackage(
              "dev.kiln.gateway.function",
              "dev.kiln.gateway.admission",
              "dev.kiln.gateway.problem",
              "dev.kiln.gateway.deploy",
              "dev.kiln.gateway.log",
              "dev.kiln.gateway.invoke")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("io.vertx..", "jakarta.ws.rs..", "io.quarkus..");
}
