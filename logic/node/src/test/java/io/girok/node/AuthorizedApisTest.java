package io.girok.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.SimulatedShard;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.TestAnswer;
import io.girok.metadata.InMemoryMetadataLog;
import io.girok.metadata.setting.Settings;
import io.girok.wire.RequestEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DefaultPrincipalData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.junit.jupiter.api.Test;

/// Every API of a node with authorization: what it is authorized for is on a page, and strangers get nothing from it.
class AuthorizedApisTest {
    private static final String BEGIN = "<!-- table of the APIs: begin -->\n";
    private static final String END = "<!-- table of the APIs: end -->";
    private static final Set<Errors> DENIALS = EnumSet.of(Errors.CLUSTER_AUTHORIZATION_FAILED,
            Errors.TOPIC_AUTHORIZATION_FAILED, Errors.GROUP_AUTHORIZATION_FAILED,
            Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Errors.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
            Errors.DELEGATION_TOKEN_NOT_FOUND);
    /// What a row has no words for.
    private static final Map<ApiKeys, String> REMARKS = new EnumMap<>(Map.ofEntries(
            Map.entry(ApiKeys.PRODUCE, "and WRITE on the transactional id, if there is one"),
            Map.entry(ApiKeys.FETCH, "of a follower: CLUSTER_ACTION on the cluster"),
            Map.entry(ApiKeys.OFFSET_FOR_LEADER_EPOCH, "or CLUSTER_ACTION on the cluster"),
            Map.entry(ApiKeys.METADATA,
                    "a list of all topics leaves out the others; a topic that is made by asking needs CREATE on the "
                            + "cluster or on it; operations of the cluster are told to who may DESCRIBE it"),
            Map.entry(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, "a list of all topics leaves out the others"),
            Map.entry(ApiKeys.CREATE_TOPICS,
                    "or CREATE on the cluster; the topic's numbers and settings are told to who has DESCRIBE_CONFIGS "
                            + "on it"),
            Map.entry(ApiKeys.DELETE_TOPICS, "or DELETE on the cluster; by id, the name is told to who has DESCRIBE"),
            Map.entry(ApiKeys.DESCRIBE_CONFIGS, "for a topic or a group: on that instead"),
            Map.entry(ApiKeys.ALTER_CONFIGS, "for a topic or a group: on that instead"),
            Map.entry(ApiKeys.INCREMENTAL_ALTER_CONFIGS, "for a topic or a group: on that instead"),
            Map.entry(ApiKeys.DESCRIBE_CLUSTER,
                    "only for the list of what the client may do to it; ALTER for the list of controllers; the rest "
                            + "is open"),
            Map.entry(ApiKeys.INIT_PRODUCER_ID,
                    "or WRITE on any topic; with a transactional id: WRITE on that instead"),
            Map.entry(ApiKeys.FIND_COORDINATOR, "of transactions: DESCRIBE on the transactional id"),
            Map.entry(ApiKeys.OFFSET_COMMIT, "and READ on each topic"),
            Map.entry(ApiKeys.OFFSET_FETCH, "and DESCRIBE on each topic; a list of all leaves out the others"),
            Map.entry(ApiKeys.OFFSET_DELETE, "and READ on each topic"),
            Map.entry(ApiKeys.LIST_GROUPS, "leaves out the others; with DESCRIBE on the cluster, none"),
            Map.entry(ApiKeys.CREATE_DELEGATION_TOKEN, "for oneself: open to who is let in, but not by a token"),
            Map.entry(ApiKeys.RENEW_DELEGATION_TOKEN, "open to the token's owner and its renewers"),
            Map.entry(ApiKeys.EXPIRE_DELEGATION_TOKEN, "open to the token's owner and its renewers"),
            Map.entry(ApiKeys.DESCRIBE_DELEGATION_TOKEN,
                    "or DESCRIBE_TOKENS on the owner, as USER; leaves out the others, but for who is the owner, a "
                            + "renewer or has asked for it"),
            Map.entry(ApiKeys.ENVELOPE, "what is in it is authorized as its sender's")));

    private final LoneNode alone = new LoneNode(Settings.parse(Map.of("node.id", "1", "log.dir.min.free.bytes", "0",
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users",
            "User:root", "delegation.token.secret.key", "key")));
    private final Node node = alone.node;
    private final SimulatedShard shard = alone.shard;
    private final InMemoryMetadataLog log = alone.log;

    @Test
    void thePageSaysWhatEveryApiIsAuthorizedFor() throws IOException {
        String table = node.table()
                .rows()
                .stream()
                .map(AuthorizedApisTest::line)
                .collect(Collectors.joining("",
                        "| key | API | operation | resource | asked | besides |\n|---|---|---|---|---|---|\n", ""));
        Path page = root().resolve("docs/SECURITY.md");

        String text = Files.readString(page);

        assertThat(text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END)))
                .as("the table in docs/SECURITY.md")
                .isEqualTo(table);
    }

    private static String line(ApiRow row) {
        boolean isOpen = row.operation() == ApiOperation.NONE;
        String asked = isOpen ? "-" : row.isCheckedWhole() ? "once" : "for each";
        return "| " + row.api().id + " | " + row.api().name + " | " + (isOpen ? "-" : row.operation()) + " | "
                + (row.resource() == ApiResource.NONE ? "-" : row.resource()) + " | " + asked + " | "
                + REMARKS.getOrDefault(row.api(), "") + " |\n";
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("girok"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    @Test
    void strangersGetNothingButADenial() {
        Set<ApiKeys> open = EnumSet.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE,
                ApiKeys.SASL_AUTHENTICATE, ApiKeys.DESCRIBE_CLUSTER, ApiKeys.LIST_GROUPS,
                ApiKeys.DESCRIBE_DELEGATION_TOKEN);
        log.start(node.metadataListener());
        shard.runAll();
        List<String> served = new ArrayList<>();
        for (ApiRow row : node.table().rows()) {
            if (!open.contains(row.api())) {
                short latest = row.isCheckedWhole() ? row.maxVersion() : SampleRequests.version(row.api());
                short first = SampleRequests.isOfEveryVersion(row) ? row.minVersion() : latest;
                for (short version = first; version <= latest; version++) {
                    Set<Errors> errors = errors(row, version);
                    // An early version may have no place for an error that is not about some thing; it is empty then.
                    if (version < latest) {
                        errors.remove(Errors.NONE);
                    }
                    if ((version == latest && errors.isEmpty()) || !DENIALS.containsAll(errors)) {
                        served.add(row.api() + " version " + version + " " + errors);
                    }
                }
            }
        }

        assertThat(served).isEmpty();
    }

    @Test
    void whatAnEnvelopeCarriesIsItsSendersAndNotTheNodes() {
        log.start(node.metadataListener());
        shard.runAll();

        assertThat(createdInEnvelope("mallory")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(createdInEnvelope("root")).isNotIn(DENIALS);
    }

    /// What comes of a request of `sender` that the node of a super user passes on.
    private Errors createdInEnvelope(String sender) {
        short version = ApiKeys.CREATE_TOPICS.latestVersion(false);
        ByteBuffer inner = RequestEncoder.encode(ApiKeys.CREATE_TOPICS, version, 7,
                SampleRequests.of(ApiKeys.CREATE_TOPICS), ByteBuffer::allocate).flip().position(Integer.BYTES);
        ByteBuffer data = ByteBuffer.allocate(Short.BYTES + Long.BYTES + inner.remaining())
                .putShort((short) -3)
                .putLong(log.leadership().epoch())
                .put(inner)
                .flip();
        DefaultPrincipalData principal = new DefaultPrincipalData().setType("User").setName(sender);
        EnvelopeRequestData envelope = new EnvelopeRequestData().setRequestData(data)
                .setRequestPrincipal(MessageUtil.toVersionPrefixedBytes((short) 0, principal))
                .setClientHostAddress(new byte[]{10, 0, 0, 1});

        TestAnswer answer = TestAnswer.ask(node.table(), envelope, (short) 0, Principal.user("root"));
        shard.runAll();

        EnvelopeResponseData outer = answer.as(EnvelopeResponseData.class);
        assertThat(outer.errorCode()).isZero();
        CreateTopicsResponseData created = (CreateTopicsResponseData) RequestEncoder.decodeAnswer(ApiKeys.CREATE_TOPICS,
                version, outer.responseData());
        return Errors.forCode(created.topics().find("orders").errorCode());
    }

    /// In the answer to a stranger.
    private Set<Errors> errors(ApiRow row, short version) {
        ApiMessage request = row.isCheckedWhole() || row.api() == ApiKeys.INIT_PRODUCER_ID
                ? whole(row.api())
                : SampleRequests.of(row.api());
        assertThat(request).as("a sample of a request of %s", row.api()).isNotNull();
        TestAnswer answer = TestAnswer.ask(node.table(), request, version, Principal.user("mallory"));
        shard.runAll();
        ApiMessage body = answer.as(ApiMessage.class);
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(body, version).buffer();
        Set<Errors> errors = EnumSet.noneOf(Errors.class);
        errors.addAll(AbstractResponse.parseResponse(row.api(), new ByteBufferAccessor(bytes), version)
                .errorCounts()
                .keySet());
        // Some answers count what went well at their top, too.
        if (1 < errors.size()) {
            errors.remove(Errors.NONE);
        }
        return errors;
    }

    private static ApiMessage whole(ApiKeys api) {
        return switch (api) {
            case ENVELOPE -> new EnvelopeRequestData().setRequestData(ByteBuffer.allocate(16));
            default -> WholeRequests.of(api);
        };
    }
}
