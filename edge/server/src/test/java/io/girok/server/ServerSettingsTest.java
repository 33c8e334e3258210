package io.girok.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.Settings;
import io.girok.network.BoundListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {
    private static final String VOTERS = "1@one:9092,2@two:9092,3@three:9092";

    @Test
    void aNodeIsBrokerAndVoterUnlessItIsToldOtherwise() {
        ServerSettings settings = settings(Map.of());

        assertThat(settings.isBroker()).isTrue();
        assertThat(settings.isVoter()).isTrue();
    }

    @Test
    void aNodeThatIsNotAmongTheVotersIsABrokerThatFollows() {
        ServerSettings settings = settings(Map.of("node.id", "4", "controller.quorum.voters", VOTERS));

        assertThat(settings.isBroker()).isTrue();
        assertThat(settings.isVoter()).isFalse();
    }

    @Test
    void aVoterMayBeAControllerOnly() {
        ServerSettings settings = settings(
                Map.of("node.id", "2", "controller.quorum.voters", VOTERS, "process.roles", "controller"));

        assertThat(settings.isBroker()).isFalse();
        assertThat(settings.isVoter()).isTrue();
    }

    @Test
    void aVoterThatIsNoControllerIsRefused() {
        assertThatThrownBy(() -> settings(
                Map.of("node.id", "2", "controller.quorum.voters", VOTERS, "process.roles", "broker")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("setting 'process.roles' is 'broker' on node 2, which controller.quorum.voters names; "
                        + "allowed: with 'controller'");
    }

    @Test
    void aBrokerThatNamesNoVotersIsRefused() {
        assertThatThrownBy(() -> settings(Map.of("process.roles", "broker")))
                .hasMessageContaining("which is alone");
    }

    @Test
    void aControllerThatIsNoVoterIsRefused() {
        assertThatThrownBy(() -> settings(
                Map.of("node.id", "4", "controller.quorum.voters", VOTERS, "process.roles", "controller")))
                .hasMessageContaining("allowed: with 'broker'");
    }

    @Test
    void aRoleThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> settings(Map.of("process.roles", "voter"))).isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("broker, controller, or both");
    }

    /// A client of another broker hears of it as well, so it must have an address of its own.
    @Test
    void aVoterThatNamesItselfTellsClientsItsOwnAddress() {
        BoundListener bound = new BoundListener("PLAINTEXT",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 9092));

        assertThat(settings(Map.of()).endpoints(List.of(bound))).allMatch(endpoint -> endpoint.isAsReached());
        assertThat(settings(Map.of("controller.quorum.voters", "1@127.0.0.1:9092")).endpoints(List.of(bound)))
                .extracting(endpoint -> endpoint.host())
                .containsExactly("127.0.0.1");
    }

    private static ServerSettings settings(Map<String, String> given) {
        return new ServerSettings(Settings.parse(new HashMap<>(given)));
    }
}
