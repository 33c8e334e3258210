package io.girok.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Secret;
import io.girok.metadata.setting.InvalidSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JaasEntryTest {
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

    @Test
    void anEntryAsKafkaWritesIt() {
        JaasEntry entry = parse(PLAIN + " required \\\n username=\"admin\" password='x'".replace("\\\n", "\n")
                .replace("'x'", "\"a;b=c\\\"d\\\\e\"") + "\n  user_admin=\"a;b\"\n  user_alice=secret1;\n");

        assertThat(entry.module()).isEqualTo(PLAIN);
        assertThat(entry.option("password")).contains(new Secret("a;b=c\"d\\e"));
        assertThat(entry.users()).containsOnlyKeys("admin", "alice")
                .containsEntry("alice", new Secret("secret1"));
    }

    @Test
    void nothingOfThePasswordsIsShown() {
        JaasEntry entry = parse("M required user_alice=\"hunter2\";");

        assertThat(entry.toString()).contains("user_alice").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "M required", "M required a=\"hunter2", "M required a=\"hunter2\"", "M a=hunter2;",
        "M required a=hunter2; N required b=hunter2;", "M required a hunter2;", "M required =hunter2;",
        "M required a=hunter2 a=hunter2;", "M required a=;"})
    void whatIsMalformedIsRefusedWithoutShowingIt(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("sasl.jaas.config")
                .hasMessageNotContaining("hunter2");
    }

    private static JaasEntry parse(String text) {
        return JaasEntry.parse("sasl.jaas.config", new Secret(text));
    }
}
