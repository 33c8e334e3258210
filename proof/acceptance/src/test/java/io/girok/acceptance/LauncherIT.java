package io.girok.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./girok start` as a user meets it: settings, the ready line, signals, locks.
class LauncherIT {
    @TempDir
    Path directory;

    @Test
    void itSaysThatItIsReadyInOneLineAndItsProcessIsTheBrokers() {
        try (GirokProcess broker = GirokProcess.start(directory.resolve("data"))) {
            String command = ProcessHandle.of(broker.pid()).flatMap(process -> process.info().command()).orElse("");

            assertThat(command).endsWith("/java");
            assertThat(broker.stop()).isZero();
            assertThat(broker.outputLines()).singleElement().satisfies(line -> {
                assertThat(line).startsWith("Girok is ready");
                assertThat(line).contains("PLAINTEXT://127.0.0.1:" + broker.port());
                assertThat(line).contains(directory.resolve("data").toString());
            });
        }
    }

    @Test
    void itStartsFromTheCacheOfBrokersAndRegistersNoBean() throws Exception {
        try (GirokProcess broker = GirokProcess.start(directory.resolve("data"))) {
            List<String> mapped = Files.readAllLines(Path.of("/proc/" + broker.pid() + "/maps"));
            VirtualMachine machine = VirtualMachine.attach(Long.toString(broker.pid()));
            JMXServiceURL agent = new JMXServiceURL(machine.startLocalManagementAgent());
            machine.detach();

            assertThat(mapped).anySatisfy(line -> assertThat(line).endsWith("/broker.aot"));
            try (JMXConnector connector = JMXConnectorFactory.connect(agent)) {
                // Who attaches finds the JVM's own.
                assertThat(connector.getMBeanServerConnection().getDomains()).contains("java.lang")
                        .doesNotContain("Ratis");
            }
            assertThat(broker.errorText()).doesNotContain("JMX", "\tat ");
        }
    }

    @Test
    void settingsComeFromFileThenEnvironmentThenCommandLine() throws IOException {
        Path file = directory.resolve("broker.properties");
        Files.writeString(
                file,
                "listeners=PLAINTEXT://127.0.0.1:0\nnum.partitions=2\nlog.retention.hours=5\nhttp.listeners=\nlog.dirs="
                        + directory.resolve("data")
                        + "\n");
        try (GirokProcess broker = GirokProcess.launch(
                directory.resolve("data"),
                List.of("start", "--config", file.toString(), "--set", "num.partitions=4"),
                Map.of("GIROK_NUM_PARTITIONS", "3", "GIROK_LOG_RETENTION_HOURS", "7"))) {
            broker.awaitReady();

            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, "1");
            try (Admin admin = Clients.admin(broker.bootstrap())) {
                Config config = Clients.await(admin.describeConfigs(List.of(resource)).values().get(resource));

                assertThat(config.get("num.partitions").value()).isEqualTo("4");
                assertThat(config.get("log.retention.hours").value()).isEqualTo("7");
            }
        }
    }

    @Test
    void aWrongSettingIsNamedWithWhatIsAllowedBeforeAnythingIsOpened() {
        Path data = directory.resolve("data");

        CommandRun unknown = CommandRun.girok("", "start", "--set", "log.dirs=" + data, "--set", "num.partition=3");
        CommandRun malformed = CommandRun.girok("", "start", "--set", "log.dirs=" + data, "--set",
                "num.partitions=many");
        CommandRun outOfRange = CommandRun.girok("", "start", "--set", "log.dirs=" + data, "--set", "num.partitions=0");

        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.errors()).contains("num.partition").contains("num.partitions").doesNotContain("\tat ");
        assertThat(malformed.exitCode()).isEqualTo(2);
        assertThat(malformed.errors()).contains("num.partitions", "many").doesNotContain("\tat ");
        assertThat(outOfRange.exitCode()).isEqualTo(2);
        assertThat(outOfRange.errors()).contains("num.partitions", "0", "1").doesNotContain("\tat ");
        assertThat(data).doesNotExist();
    }

    @Test
    void aSecondProcessOnTheSameDirectoryIsRefused() {
        Path data = directory.resolve("data");
        try (GirokProcess first = GirokProcess.start(data)) {
            CommandRun second = CommandRun.girok(
                    "",
                    "start",
                    "--set",
                    "log.dirs=" + data,
                    "--set",
                    "listeners=PLAINTEXT://127.0.0.1:0");

            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.errors()).contains(data.toString()).contains("another process").doesNotContain("\tat ");
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void aPortInUseIsAClearError() {
        try (GirokProcess first = GirokProcess.start(directory.resolve("data"))) {
            CommandRun second = CommandRun.girok(
                    "",
                    "start",
                    "--set",
                    "log.dirs=" + directory.resolve("other"),
                    "--set",
                    "listeners=PLAINTEXT://127.0.0.1:" + first.port());

            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.errors()).contains(Integer.toString(first.port())).doesNotContain("\tat ");
        }
    }

    @Test
    void aStopInTheMiddleOfWritesAnswersWhatItTookAndComesBackClean() {
        Path data = directory.resolve("data");
        GirokProcess broker = GirokProcess.start(data);
        int port = broker.port();
        try (Admin admin = Clients.admin(broker.bootstrap())) {
            Clients.createTopic(admin, "calm", 1, Map.of());
        }
        try (KafkaProducer<String, String> producer = Clients.producer(broker.bootstrap(), Map.of())) {
            for (int i = 0; i < 2_000; i++) {
                producer.send(new ProducerRecord<>("calm", "v" + i));
            }
            assertThat(broker.stop()).isZero();
            broker = GirokProcess.start(data, port, Map.of());
            producer.flush();
        }

        CommandRun read = CommandRun.girok(
                "",
                "consume",
                "--bootstrap",
                broker.bootstrap(),
                "--from-beginning",
                "--until-end",
                "calm").succeeded();
        assertThat(read.lines()).hasSize(2_000).doesNotHaveDuplicates();
        assertThat(broker.errorText()).doesNotContain("cut ").doesNotContain("\tat ");
        broker.close();
    }
}
