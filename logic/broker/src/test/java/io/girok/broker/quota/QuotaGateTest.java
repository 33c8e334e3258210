package io.girok.broker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.Principal;
import io.girok.base.simulated.ManualClock;
import io.girok.broker.ApiHandler;
import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import io.girok.broker.ApiTable;
import io.girok.broker.TestConnection;
import io.girok.broker.access.Access;
import io.girok.broker.access.Audit;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.metadata.quota.QuotaKind;
import io.girok.metadata.setting.Settings;
import io.girok.security.quota.ClientQuotas;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

/// Who waits after an answer, and what the answer says of it.
class QuotaGateTest {
    private static final int RATE = 100;
    private static final int WINDOW_MS = 1_000;

    private final ManualClock clock = new ManualClock();
    private final ClientQuotas quotas = new ClientQuotas(clock, 0, 0);
    private final List<Long> pauses = new ArrayList<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private Access access = Access.OFF;
    private ApiMessage answer;

    @Test
    void aProducerWaitsForWhatItSent() {
        set(QuotaKind.PRODUCE);

        answer = ask(produce(50, (short) 1), new ProduceResponseData());

        assertThat(((ProduceResponseData) answer).throttleTimeMs()).isEqualTo(500);
        assertThat(pauses).containsExactly(500L);
    }

    @Test
    void whomTheControllerHasToldToWaitIsNotReadFromMeanwhile() {
        set(QuotaKind.MUTATION);

        answer = ask(new CreateTopicsRequestData(), new CreateTopicsResponseData().setThrottleTimeMs(700));

        assertThat(((CreateTopicsResponseData) answer).throttleTimeMs()).isEqualTo(700);
        assertThat(pauses).containsExactly(700L);
    }

    @Test
    void aProducerThatWantsNoAnswerWaitsAllTheSame() {
        set(QuotaKind.PRODUCE);

        answer = ask(produce(50, (short) 0), null);

        assertThat(answer).isNull();
        assertThat(pauses).containsExactly(500L);
    }

    @Test
    void whatAProducerSentBeforeItsConnectionWasClosedIsCounted() {
        set(QuotaKind.PRODUCE);

        Taker taker = handled(produce(50, (short) 0), (request, responder) -> responder.closeConnection("it failed"));

        assertThat(taker.closeReason).isEqualTo("it failed");
        ask(produce(50, (short) 1), new ProduceResponseData());
        assertThat(pauses).containsExactly(1_000L);
    }

    @Test
    void aConsumerWaitsForWhatItWasSent() {
        set(QuotaKind.FETCH);

        answer = ask(new FetchRequestData(), fetched(200));

        assertThat(((FetchResponseData) answer).throttleTimeMs()).isEqualTo(2_000);
        assertThat(pauses).containsExactly(2_000L);
    }

    @Test
    void aFollowerDoesNot() {
        set(QuotaKind.FETCH);
        FetchRequestData request = new FetchRequestData();
        request.replicaState().setReplicaId(2);

        answer = ask(request, fetched(200));

        assertThat(((FetchResponseData) answer).throttleTimeMs()).isZero();
        assertThat(pauses).isEmpty();
    }

    @Test
    void theTimeOfRequestsIsWaitedForAWindowAtMost() {
        set(QuotaKind.REQUEST);
        // The rate is a whole thread.
        answer = ask(new MetadataRequestData(), new MetadataResponseData(), 30);
        ask(new MetadataRequestData(), new MetadataResponseData(), 5_000);

        assertThat(((MetadataResponseData) answer).throttleTimeMs()).isEqualTo(30);
        assertThat(pauses).containsExactly(30L, (long) WINDOW_MS);
    }

    @Test
    void whatNodesAskEachOtherIsNotCounted() {
        set(QuotaKind.REQUEST);

        ask(new BrokerHeartbeatRequestData(), new BrokerHeartbeatResponseData(), 5_000);

        assertThat(pauses).isEmpty();
    }

    @Test
    void whoIsNoNodeIsCountedWhateverItAsks() {
        set(QuotaKind.REQUEST);
        access = Access.of(
                Settings.parse(Map.of("authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users", "User:node")),
                () -> image, Audit.logging(clock));
        FetchRequestData asFollower = new FetchRequestData();
        asFollower.replicaState().setReplicaId(2);

        ask(new BrokerHeartbeatRequestData(), new BrokerHeartbeatResponseData(), 300);
        ask(asFollower, new FetchResponseData(), 200);

        assertThat(pauses).containsExactly(300L, 300L);
    }

    @Test
    void withoutQuotasNobodyLooks() {
        ask(produce(1_000_000, (short) 1), new ProduceResponseData());

        assertThat(pauses).isEmpty();
    }

    private static ProduceRequestData produce(int bytes, short acks) {
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData().setName("orders");
        topic.partitionData()
                .add(new ProduceRequestData.PartitionProduceData().setRecords(records(bytes)));
        topic.partitionData().add(new ProduceRequestData.PartitionProduceData().setIndex(1).setRecords(null));
        ProduceRequestData request = new ProduceRequestData().setAcks(acks);
        request.topicData().add(topic);
        return request;
    }

    private static FetchResponseData fetched(int bytes) {
        FetchResponseData.FetchableTopicResponse topic = new FetchResponseData.FetchableTopicResponse()
                .setTopic("orders");
        topic.partitions().add(new FetchResponseData.PartitionData().setRecords(records(bytes)));
        topic.partitions().add(new FetchResponseData.PartitionData().setPartitionIndex(1));
        FetchResponseData fetched = new FetchResponseData();
        fetched.responses().add(topic);
        return fetched;
    }

    private static MemoryRecords records(int bytes) {
        return MemoryRecords.readableRecords(ByteBuffer.allocate(bytes));
    }

    private ApiMessage ask(ApiMessage body, ApiMessage gives) {
        return ask(body, gives, 0);
    }

    private ApiMessage ask(ApiMessage body, ApiMessage gives, long takesMs) {
        return handled(body, (request, responder) -> {
            clock.advance(takesMs);
            if (gives == null) {
                responder.respondNothing();
            } else {
                responder.respond(gives);
            }
        }).taken;
    }

    private Taker handled(ApiMessage body, ApiHandler handler) {
        ApiKeys api = ApiKeys.forId(body.apiKey());
        ApiOperation operation = api == ApiKeys.BROKER_HEARTBEAT ? ApiOperation.CLUSTER_ACTION : ApiOperation.NONE;
        ApiTable table = new ApiTable(List.of(ApiRow.of(api, operation, ApiResource.CLUSTER, handler)));
        Taker taker = new Taker();
        new QuotaGate(table, quotas, clock, access, WINDOW_MS)
                .handle(new Request(api, api.latestVersion(false), 1, "client", body, new Caller()), taker);
        return taker;
    }

    private void set(QuotaKind kind) {
        ImageChange change = new ImageChange(image);
        change.apply(new ConfigChanged(QuotaEntity.of("alice", null).target(), kind.key(), Integer.toString(RATE)));
        image = change.image();
        quotas.onImage(image, change.delta());
    }

    private static final class Taker implements Responder {
        private ApiMessage taken;
        private String closeReason;

        @Override
        public void respond(ApiMessage body) {
            taken = body;
        }

        @Override
        public void respondNothing() {
            // Nothing is taken.
        }

        @Override
        public void closeConnection(String reason) {
            closeReason = reason;
        }
    }

    private final class Caller extends TestConnection {
        Caller() {
            super(Principal.user("alice"));
        }

        @Override
        public void pause(long ms) {
            pauses.add(ms);
        }
    }
}
