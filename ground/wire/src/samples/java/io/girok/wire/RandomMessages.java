package io.girok.wire;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Random but valid messages, written by their schemas: bytes that do not come from the classes under test.
public final class RandomMessages {
    private final Random random;

    public RandomMessages(Random random) {
        this.random = random;
    }

    /// A request without its length prefix.
    public ByteBuffer request(ApiKeys api, short version, int correlationId) {
        short headerVersion = api.requestHeaderVersion(version);
        Struct header = new Struct(RequestHeaderData.SCHEMAS[headerVersion]);
        header.set("request_api_key", api.id);
        header.set("request_api_version", version);
        header.set("correlation_id", correlationId);
        header.set("client_id", random.nextBoolean() ? null : text());
        if (header.hasField("_tagged_fields")) {
            header.set("_tagged_fields", new TreeMap<Integer, Object>());
        }
        Struct body = struct(api.messageType.requestSchemas()[version]);
        ByteBuffer bytes = ByteBuffer.allocate(header.sizeOf() + body.sizeOf());
        header.writeTo(bytes);
        body.writeTo(bytes);
        return bytes.flip();
    }

    /// The body of an answer.
    public ByteBuffer answer(ApiKeys api, short version) {
        Struct body = struct(api.messageType.responseSchemas()[version]);
        ByteBuffer bytes = ByteBuffer.allocate(body.sizeOf());
        body.writeTo(bytes);
        return bytes.flip();
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.type));
        }
        return struct;
    }

    private @Nullable Object value(Type type) {
        if (type.isNullable() && random.nextInt(4) == 0) {
            return null;
        }
        if (type instanceof TaggedFields tagged) {
            return tagged(tagged);
        }
        if (type instanceof Schema schema) {
            return struct(schema);
        }
        if (type.isArray()) {
            @Nullable Object[] elements = new Object[random.nextInt(3)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = value(type.arrayElementType().orElseThrow());
            }
            return elements;
        }
        return switch (type.toString().replace("COMPACT_", "").replace("NULLABLE_", "")) {
            case "BOOLEAN" -> random.nextBoolean();
            case "INT8" -> (byte) random.nextInt();
            case "INT16" -> (short) random.nextInt();
            case "UINT16" -> random.nextInt(65_536);
            case "INT32" -> random.nextInt();
            case "UINT32" -> random.nextInt() & 0xffff_ffffL;
            case "INT64" -> random.nextLong();
            case "FLOAT64" -> random.nextDouble();
            case "UUID" -> new Uuid(random.nextLong(), random.nextLong());
            case "STRING" -> text();
            case "BYTES" -> ByteBuffer.wrap(bytes());
            case "RECORDS" -> MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
            default -> throw new AssertionError("unknown type " + type);
        };
    }

    private NavigableMap<Integer, @Nullable Object> tagged(TaggedFields type) {
        NavigableMap<Integer, @Nullable Object> values = new TreeMap<>();
        for (Map.Entry<Integer, Field> field : type.fields().entrySet()) {
            if (random.nextBoolean()) {
                values.put(field.getKey(), value(field.getValue().type));
            }
        }
        return values;
    }

    private String text() {
        return "x".repeat(random.nextInt(10)) + (random.nextInt(5) == 0 ? "기록" : "");
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        return bytes;
    }
}
