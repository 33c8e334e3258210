package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// DescribeClientQuotas and AlterClientQuotas, frame by frame.
class QuotaAdminTest {
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;
    private static final String PRODUCE = "producer_byte_rate";

    private final AdminNode node = new AdminNode();

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatIsSetIsDescribedUntilItIsRemoved(int version) {
        // The names have what separates them where they are kept.
        assertThat(alter(version, entry(set(PRODUCE, 100), "user", "a&b=c d/é", "client-id", null))).isZero();
        assertThat(alter(version, entry(set("request_percentage", 0.5), "user", "a&b=c d/é", "client-id", null)))
                .isZero();

        assertThat(described(version, false)).containsExactly(
                "{client-id=null, user=a&b=c d/é} {producer_byte_rate=100.0, request_percentage=0.5}");
        assertThat(alter(version, entry(new OpData().setKey(PRODUCE).setRemove(true), "user", "a&b=c d/é", "client-id",
                null))).isZero();
        assertThat(described(version, false)).containsExactly(
                "{client-id=null, user=a&b=c d/é} {request_percentage=0.5}");
        assertThat(alter(version, entry(new OpData().setKey("request_percentage").setRemove(true), "user", "a&b=c d/é",
                "client-id", null))).isZero();
        assertThat(described(version, false)).isEmpty();
    }

    @Test
    void aFilterIsTrueOfWhatItNames() {
        alter(1, entry(set(PRODUCE, 1), "user", "alice"));
        alter(1, entry(set(PRODUCE, 2), "user", "alice", "client-id", "a"));
        alter(1, entry(set(PRODUCE, 3), "user", null));
        alter(1, entry(set(PRODUCE, 4), "client-id", "a"));
        alter(1, entry(set("connection_creation_rate", 5), "ip", "10.0.0.1"));

        assertThat(rates(false)).containsExactly("1.0", "2.0", "3.0", "4.0", "5.0");
        assertThat(rates(false, component("user", EXACT, "alice"))).containsExactly("1.0", "2.0");
        assertThat(rates(true, component("user", EXACT, "alice"))).containsExactly("1.0");
        assertThat(rates(false, component("user", DEFAULT, null))).containsExactly("3.0");
        assertThat(rates(true, component("user", ANY, null))).containsExactly("1.0", "3.0");
        assertThat(rates(false, component("client-id", ANY, null))).containsExactly("2.0", "4.0");
        assertThat(rates(true, component("ip", ANY, null))).containsExactly("5.0");
        assertThat(rates(true)).isEmpty();
    }

    @Test
    void nothingIsChangedWhereSomethingIsWrong() {
        assertThat(alter(1, entry(set("no_such_rate", 1), "user", "alice"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 0), "user", "alice"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 1.5), "user", "alice"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, Double.NaN), "user", "alice"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, Double.POSITIVE_INFINITY), "user", "alice"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 1), "ip", "10.0.0.1"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set("connection_creation_rate", 1), "user", "alice"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 1), "user", ""))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 1), "group", "g"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 1), "user", "alice", "ip", "10.0.0.1"))).isEqualTo(invalid());
        assertThat(alter(1, entry(set(PRODUCE, 1)))).isEqualTo(invalid());
        AlterClientQuotasRequestData.EntryData partly = entry(set(PRODUCE, 1), "user", "alice");
        partly.ops().add(set(PRODUCE, 2));
        assertThat(alter(1, partly)).isEqualTo(invalid());

        assertThat(described(1, false)).isEmpty();
    }

    @Test
    void onlyAskingChangesNothing() {
        AlterClientQuotasRequestData request = new AlterClientQuotasRequestData()
                .setEntries(List.of(entry(set(PRODUCE, 1), "user", "alice")))
                .setValidateOnly(true);

        assertThat(node.ask(request, 1).as(AlterClientQuotasResponseData.class).entries().getFirst().errorCode())
                .isZero();
        assertThat(described(1, false)).isEmpty();
    }

    @Test
    void anEntryThatIsWrongDoesNotKeepOthersFromBeingSet() {
        AlterClientQuotasResponseData answer = node.ask(new AlterClientQuotasRequestData().setEntries(List.of(
                entry(set(PRODUCE, 1), "user", ""),
                entry(set(PRODUCE, 2), "user", "bob"),
                entry(set(PRODUCE, -3), "user", "eve"),
                entry(set(PRODUCE, 4), "user", "bob"))), 1).as(AlterClientQuotasResponseData.class);

        assertThat(answer.entries()).extracting(AlterClientQuotasResponseData.EntryData::errorCode)
                .containsExactly(invalid(), (short) 0, invalid(), invalid());
        assertThat(node.audited).containsExactly("quota changed principal='User:ANONYMOUS' host='0.0.0.0'"
                + " of='user \\'bob\\'' 'SET producer_byte_rate=2.0'");
        assertThat(answer.entries().get(2).errorMessage()).contains(PRODUCE, "-3", "'eve'", "above 0");
        assertThat(rates(false)).containsExactly("2.0");
    }

    @Test
    void aFilterThatMakesNoSenseIsRefused() {
        assertThat(describe(1, false, component("group", ANY, null)).errorCode()).isEqualTo(invalid());
        assertThat(describe(1, false, component("user", EXACT, null)).errorCode()).isEqualTo(invalid());
        assertThat(describe(1, false, component("user", (byte) 7, null)).errorCode()).isEqualTo(invalid());
        assertThat(describe(1, false, component("user", ANY, null), component("ip", ANY, null)).errorCode())
                .isEqualTo(invalid());
    }

    private static short invalid() {
        return Errors.INVALID_REQUEST.code();
    }

    private static OpData set(String key, double value) {
        return new OpData().setKey(key).setValue(value);
    }

    private static AlterClientQuotasRequestData.EntryData entry(OpData operation, String... typesAndNames) {
        AlterClientQuotasRequestData.EntryData entry = new AlterClientQuotasRequestData.EntryData();
        for (int i = 0; i < typesAndNames.length; i += 2) {
            entry.entity()
                    .add(new AlterClientQuotasRequestData.EntityData().setEntityType(typesAndNames[i])
                            .setEntityName(typesAndNames[i + 1]));
        }
        entry.ops().add(operation);
        return entry;
    }

    private short alter(int version, AlterClientQuotasRequestData.EntryData entry) {
        return node.ask(new AlterClientQuotasRequestData().setEntries(List.of(entry)), version)
                .as(AlterClientQuotasResponseData.class)
                .entries()
                .getFirst()
                .errorCode();
    }

    private static ComponentData component(String type, byte match, String name) {
        return new ComponentData().setEntityType(type).setMatchType(match).setMatch(name);
    }

    private DescribeClientQuotasResponseData describe(int version, boolean isStrict, ComponentData... components) {
        return node.ask(
                new DescribeClientQuotasRequestData().setComponents(List.of(components)).setStrict(isStrict), version)
                .as(DescribeClientQuotasResponseData.class);
    }

    private List<String> described(int version, boolean isStrict, ComponentData... components) {
        List<String> described = new ArrayList<>();
        for (DescribeClientQuotasResponseData.EntryData entry : describe(version, isStrict, components).entries()) {
            Map<String, String> entity = new TreeMap<>();
            entry.entity().forEach(part -> entity.put(part.entityType(), part.entityName()));
            Map<String, Double> values = new TreeMap<>();
            entry.values().forEach(value -> values.put(value.key(), value.value()));
            described.add(entity + " " + values);
        }
        return described;
    }

    private List<String> rates(boolean isStrict, ComponentData... components) {
        return describe(1, isStrict, components).entries()
                .stream()
                .map(entry -> Double.toString(entry.values().getFirst().value()))
                .sorted()
                .toList();
    }
}
