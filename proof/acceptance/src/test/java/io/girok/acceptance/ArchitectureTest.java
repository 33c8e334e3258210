package io.girok.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The arrows between modules, and what keeps ground and logic pure.
class ArchitectureTest {
    /// Who may know whom; a module always knows itself.
    private static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("base", List.of()),
            Map.entry("record", List.of("base")),
            Map.entry("wire", List.of("base")),
            Map.entry("coordinator", List.of("base")),
            Map.entry("metadata", List.of("base")),
            Map.entry("journal", List.of("base")),
            Map.entry("files", List.of("record", "base")),
            Map.entry("log", List.of("journal", "files", "record", "base")),
            Map.entry("repair", List.of("log", "journal", "files", "record", "base")),
            Map.entry("cleaner", List.of("log", "files", "record", "base")),
            Map.entry("security", List.of("metadata", "base")),
            Map.entry("controller", List.of("metadata", "base")),
            Map.entry("balance", List.of("base")),
            Map.entry("replication", List.of("log", "files", "record", "metadata", "wire", "base")),
            Map.entry("group", List.of("coordinator", "metadata", "wire", "base")),
            Map.entry(
                    "broker",
                    List.of(
                            "replication",
                            "group",
                            "coordinator",
                            "security",
                            "metadata",
                            "cleaner",
                            "log",
                            "files",
                            "record",
                            "wire",
                            "base")),
            Map.entry("membership",
                    List.of("broker", "replication", "controller", "balance", "metadata", "wire", "base")),
            Map.entry("admin",
                    List.of("membership", "broker", "controller", "security", "metadata", "wire", "base")),
            Map.entry(
                    "node",
                    List.of(
                            "admin",
                            "membership",
                            "broker",
                            "replication",
                            "group",
                            "cleaner",
                            "log",
                            "files",
                            "controller",
                            "security",
                            "metadata",
                            "wire",
                            "base")),
            Map.entry("simulation", List.of("node", "broker", "log", "files", "metadata", "wire", "base")),
            Map.entry("network", List.of("wire", "security", "base")),
            Map.entry("quorum", List.of("metadata", "base")),
            Map.entry("cli", List.of("server", "balance", "repair", "log", "files", "record", "base")));

    private static final String[] PURE = ARROWS.keySet()
            .stream()
            .filter(module -> !List.of("network", "quorum", "cli").contains(module))
            .map(module -> "io.girok." + module + "..")
            .toArray(String[]::new);

    /// The production twins of the outside world, beside their interfaces.
    private static final List<String> TWINS = List.of("io.girok.base.SystemClock", "io.girok.base.FileDisk",
            "io.girok.base.FileDisk$OpenFile");

    private static final JavaClasses GIROK = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.girok");

    @Test
    void aModuleKnowsOnlyWhatTheTableAllows() {
        ARROWS.forEach((module, known) -> {
            String[] allowed = java.util.stream.Stream.concat(known.stream(), java.util.stream.Stream.of(module))
                    .map(name -> "io.girok." + name + "..")
                    .toArray(String[]::new);
            noClasses().that()
                    .resideInAPackage("io.girok." + module + "..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.girok..").and(not(resideInAnyPackage(allowed))))
                    .allowEmptyShould(true)
                    .check(GIROK);
        });
    }

    @Test
    void groundAndLogicNeverTouchTheOutsideWorld() {
        noClasses().that(resideInAnyPackage(PURE).and(not(isATwin())))
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.FileChannel")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .check(GIROK);
    }

    @Test
    void librariesStayInTheirModules() {
        onlyIn("io.netty..", "io.girok.network..", "io.girok.console..");
        onlyIn("org.apache.ratis..", "io.girok.quorum.ratis..");
        onlyIn("org.apache.curator..", "io.girok.quorum.zookeeper..");
        onlyIn("org.apache.zookeeper..", "io.girok.quorum.zookeeper..");
        onlyIn("picocli..", "io.girok.cli..", "io.girok.benchmark..");
        onlyIn(
                "org.apache.kafka.common.message..",
                "io.girok.wire..",
                "io.girok.replication..",
                "io.girok.group..",
                "io.girok.transaction..",
                "io.girok.broker..",
                "io.girok.admin..",
                "io.girok.membership..",
                "io.girok.network..",
                "io.girok.server..",
                "io.girok.benchmark..");
    }

    @Test
    void everyModuleIsUnderTheRules() {
        List<String> unknown = GIROK.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.split("\\.")[2])
                .filter(module -> !ARROWS.containsKey(module))
                .filter(module -> !List.of("server", "acceptance", "benchmark").contains(module))
                .distinct()
                .toList();

        assertThat(unknown).isEmpty();
    }

    private static void onlyIn(String library, String... homes) {
        classes().that(resideInAnyPackage("io.girok..").and(not(resideInAnyPackage(homes))))
                .should()
                .onlyDependOnClassesThat(not(resideInAnyPackage(library)))
                .check(GIROK);
    }

    private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> isATwin() {
        return com.tngtech.archunit.base.DescribedPredicate.describe(
                "a production twin",
                javaClass -> TWINS.contains(javaClass.getName()));
    }
}
