package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.base.Secret;
import io.girok.security.SaslSettings;
import io.girok.security.sasl.SaslExchange.Step;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    /// The example of RFC 7677.
    @Test
    void theExampleOfTheStandard() throws Exception {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, "user", new Secret("pencil"), CLIENT_NONCE);
        ScramExchange server = server(ScramMechanism.SHA_256, "user", "pencil");

        assertThat(text(client.first())).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        byte[] serverFirst = challenge(server.take(client.first()));
        assertThat(text(serverFirst)).isEqualTo("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        byte[] clientFinal = client.answer(serverFirst);
        assertThat(text(clientFinal)).isEqualTo("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        Step.Done done = (Step.Done) server.take(clientFinal);
        assertThat(text(done.answer())).isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assertThat(done.user()).isEqualTo("user");
        assertThat(client.answer(done.answer())).isEmpty();
        assertThat(client.isDone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void namesAndPasswordsMayHaveAnyCharacters(ScramMechanism mechanism) throws Exception {
        String user = "a,b=c=2C名";
        ScramClient client = new ScramClient(mechanism, user, new Secret("p,=\u00e4"), CLIENT_NONCE);
        ScramExchange server = server(mechanism, user, "p,=\u00e4");

        Step last = server.take(client.answer(challenge(server.take(client.first()))));

        assertThat(last).isInstanceOfSatisfying(Step.Done.class, done -> assertThat(done.user()).isEqualTo(user));
    }

    @Test
    void nobodyButNodesIsAnsweredBeforeUsersAreKnown() {
        ScramUsers users = new ScramUsers(new Users("user", "pencil", false),
                Optional.of(new SaslSettings.Login("SCRAM-SHA-256", "node", new Secret("n"))), new byte[8]);
        ScramExchange exchange = new ScramExchange(ScramMechanism.SHA_256, users, SERVER_NONCE);

        assertThat(exchange.take(first("user"))).isInstanceOf(Step.NotYet.class);
        assertThat(exchange.take(first("nobody"))).isInstanceOf(Step.NotYet.class);
        assertThat(exchange.take(first("node"))).isInstanceOf(Step.Continue.class);
    }

    @Test
    void aWrongPasswordAndAnUnknownUserGoTheSameWay() throws Exception {
        assertThat(attempt("user", "wrong")).isEqualTo(new Step.Failed("unknown user or wrong password"));
        assertThat(attempt("nobody", "pencil")).isEqualTo(new Step.Failed("unknown user or wrong password"));
    }

    @Test
    void whoProbesForUsersGetsTheSameSaltForTheSameName() {
        String first = text(challenge(server(ScramMechanism.SHA_256, "user", "pencil").take(first("nobody"))));
        String again = text(challenge(server(ScramMechanism.SHA_256, "user", "pencil").take(first("nobody"))));
        String other = text(challenge(server(ScramMechanism.SHA_256, "user", "pencil").take(first("noone"))));

        assertThat(again).isEqualTo(first).matches("r=.*,s=[A-Za-z0-9+/=]{20,},i=4096");
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void aMessageThatIsReplayedToAnotherExchangeIsRefused() throws Exception {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, "user", new Secret("pencil"), CLIENT_NONCE);
        ScramExchange server = server(ScramMechanism.SHA_256, "user", "pencil");
        byte[] clientFinal = client.answer(challenge(server.take(client.first())));
        assertThat(server.take(clientFinal)).isInstanceOf(Step.Done.class);

        ScramExchange later = new ScramExchange(ScramMechanism.SHA_256, users("user", "pencil"), "another-nonce");
        later.take(client.first());

        assertThat(later.take(clientFinal)).isInstanceOf(Step.Failed.class);
        assertThat(server.take(clientFinal)).isInstanceOf(Step.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n", "n,,", "n,,n=user", "n,,r=abc,n=user", "n,,n=,r=abc", "n,,n=user,r=",
        "p=tls-unique,,n=user,r=abc", "x,,n=user,r=abc", "n,a=other,n=user,r=abc", "n,,m=x,n=user,r=abc",
        "n,,n=us=er,r=abc", "n,,n=user,r=a\u0001c", "n,,n=user,r=abc,tokenauth=true", "n,b=user,n=user,r=abc",
        "\0", "n,,n=us\0er,r=abc"})
    void aFirstMessageThatIsNoneIsRefused(String message) {
        assertThat(server(ScramMechanism.SHA_256, "user", "pencil").take(message.getBytes(UTF_8)))
                .isInstanceOf(Step.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c=biws", "c=biws,r=NONCE", "c=biws,r=NONCE,p=", "c=biws,r=NONCE,p=????",
        "c=biws,r=NONCE,p=AAAA", "c=eSws,r=NONCE,p=PROOF", "c=biws,r=x,p=PROOF", "c=,r=NONCE,p=PROOF",
        "r=NONCE,c=biws,p=PROOF"})
    void aLastMessageThatIsNoneIsRefused(String form) throws Exception {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, "user", new Secret("pencil"), CLIENT_NONCE);
        ScramExchange server = server(ScramMechanism.SHA_256, "user", "pencil");
        String right = text(client.answer(challenge(server.take(client.first()))));
        String message = form.replace("NONCE", CLIENT_NONCE + SERVER_NONCE)
                .replace("PROOF", right.substring(right.indexOf(",p=") + 3));

        assertThat(server.take(message.getBytes(UTF_8))).isInstanceOf(Step.Failed.class);
    }

    /// As librdkafka before 2.6.1 writes it, with the right proof.
    @Test
    void theClientsNonceMayStandThereTwice() throws Exception {
        ScramMechanism mechanism = ScramMechanism.SHA_256;
        ScramExchange server = server(mechanism, "user", "pencil");
        String serverFirst = text(challenge(server.take(first("user"))));
        String withoutProof = "c=biws,r=" + CLIENT_NONCE + CLIENT_NONCE + SERVER_NONCE;

        Step step = server.take((withoutProof + ",p=" + proof(serverFirst, withoutProof)).getBytes(UTF_8));

        assertThat(step).isInstanceOfSatisfying(Step.Done.class, done -> assertThat(done.user()).isEqualTo("user"));
        for (String nonce : List.of(CLIENT_NONCE + SERVER_NONCE + SERVER_NONCE, "x" + CLIENT_NONCE + SERVER_NONCE,
                SERVER_NONCE, CLIENT_NONCE + CLIENT_NONCE)) {
            ScramExchange another = server(mechanism, "user", "pencil");
            another.take(first("user"));
            String other = "c=biws,r=" + nonce;
            assertThat(another.take((other + ",p=" + proof(serverFirst, other)).getBytes(UTF_8)))
                    .isInstanceOf(Step.Failed.class);
        }
    }

    private static String proof(String serverFirst, String withoutProof) {
        ScramMechanism mechanism = ScramMechanism.SHA_256;
        byte[] clientKey = mechanism.clientKey(
                mechanism.salted("pencil", Users.SALT, ScramMechanism.MIN_ITERATIONS));
        byte[] signed = ("n=user,r=" + CLIENT_NONCE + "," + serverFirst + "," + withoutProof).getBytes(UTF_8);
        return ScramText.base64(
                ScramMechanism.xor(clientKey, mechanism.mac(mechanism.hash(clientKey), signed)));
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        assertThat(server(ScramMechanism.SHA_256, "user", "pencil").take(new byte[]{(byte) 0xc3, 0x28}))
                .isInstanceOf(Step.Failed.class);
        assertThat(server(ScramMechanism.SHA_256, "user", "pencil").take(new byte[100_000]))
                .isInstanceOf(Step.Failed.class);
    }

    @Test
    void aClientDoesNotBelieveAServerThatDoesNotKnowThePassword() {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, "user", new Secret("pencil"), CLIENT_NONCE);
        client.first();

        assertThatThrownBy(() -> client.answer("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".getBytes(UTF_8)))
                .isInstanceOf(SaslRefused.class);
        assertThatThrownBy(() -> {
            client.answer(("r=" + CLIENT_NONCE + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096").getBytes(UTF_8));
            client.answer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".getBytes(UTF_8));
        }).isInstanceOf(SaslRefused.class).hasMessageContaining("does not know the password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "4095", "9999999", "-1", "x", "99999999999"})
    void aClientIsNotKeptBusyAndNotMadeCheap(String iterations) {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, "user", new Secret("pencil"), CLIENT_NONCE);
        client.first();

        assertThatThrownBy(() -> client
                .answer(("r=" + CLIENT_NONCE + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=" + iterations).getBytes(UTF_8)))
                .isInstanceOf(SaslRefused.class);
    }

    private static Step attempt(String user, String password) throws Exception {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, user, new Secret(password), CLIENT_NONCE);
        ScramExchange server = server(ScramMechanism.SHA_256, "user", "pencil");
        return server.take(client.answer(challenge(server.take(client.first()))));
    }

    private static byte[] first(String user) {
        return ("n,,n=" + user + ",r=" + CLIENT_NONCE).getBytes(UTF_8);
    }

    private static ScramExchange server(ScramMechanism mechanism, String user, String password) {
        return new ScramExchange(mechanism, users(user, password), SERVER_NONCE);
    }

    static ScramUsers users(String user, String password) {
        return new ScramUsers(new Users(user, password), Optional.empty(), new byte[]{1, 2, 3});
    }

    private static byte[] challenge(Step step) {
        return ((Step.Continue) step).challenge();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
