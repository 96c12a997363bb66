// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * Produces what Kafka's own producer refuses to send and brokers accept all the same: records without a timestamp, or
 * with a negative one. Clients in other languages do so.
 */
public final class HandMadeBatch {

    /** The last version that names topics. */
    private static final short VERSION = 12;

    // places in a record batch of the present format
    private static final int CRC = 17;
    private static final int CRC_START = 21;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;

    private HandMadeBatch() {}

    /**
     * Produces a batch with one record for each of the timestamps, and adds the records to the log.
     *
     * @param broker the partition's leader, as host and port
     */
    public static void produce(String broker, ProducedLog log, TopicIdPartition partition, long... timestamps) {
        List<ProducedRecord> records = new ArrayList<>();
        for (long timestamp : timestamps) {
            byte[] value = ("at " + timestamp).getBytes(StandardCharsets.UTF_8);
            records.add(new ProducedRecord(
                    ProducedRecord.UNKNOWN_OFFSET, timestamp, TimestampType.CREATE_TIME, null, value, List.of()));
        }
        long offset = send(broker, partition, batch(records));
        for (ProducedRecord record : records) {
            log.add(partition, record.at(offset++));
        }
    }

    /** Kafka's own builder takes no negative timestamps; records hold only how far they are from the batch's own. */
    private static MemoryRecords batch(List<ProducedRecord> records) {
        long smallest =
                records.stream().mapToLong(ProducedRecord::timestamp).min().orElse(0);
        long largest =
                records.stream().mapToLong(ProducedRecord::timestamp).max().orElse(0);
        MemoryRecords batch = MemoryRecords.withRecords(
                Compression.NONE,
                records.stream()
                        .map(record -> new SimpleRecord(record.timestamp() - smallest, record.key(), record.value()))
                        .toArray(SimpleRecord[]::new));
        ByteBuffer buffer = batch.buffer();
        buffer.putLong(BASE_TIMESTAMP, records.get(0).timestamp());
        buffer.putLong(MAX_TIMESTAMP, largest);
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().position(CRC_START));
        buffer.putInt(CRC, (int) crc.getValue());
        return batch;
    }

    private static long send(String broker, TopicIdPartition partition, MemoryRecords batch) {
        var ofPartition = new ProduceRequestData.PartitionProduceData()
                .setIndex(partition.partition())
                .setRecords(batch);
        var ofTopic = new ProduceRequestData.TopicProduceData()
                .setName(partition.topic())
                .setPartitionData(List.of(ofPartition));
        var topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(ofTopic);
        ProduceRequestData data = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(topics);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, VERSION, "hand-made", 1);
        ByteBuffer request = ProduceRequest.builder(data).build(VERSION).serializeWithHeader(header);
        PartitionProduceResponse answer = ProduceResponse.parse(
                        new ByteBufferAccessor(exchange(broker, request)), VERSION)
                .data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
        if (answer.errorCode() != Errors.NONE.code()) {
            throw new IllegalStateException(
                    "A batch for " + partition + " was refused: " + Errors.forCode(answer.errorCode()));
        }
        return answer.baseOffset();
    }

    private static ByteBuffer exchange(String broker, ByteBuffer request) {
        int colon = broker.lastIndexOf(':');
        try (Socket socket = new Socket(broker.substring(0, colon), Integer.parseInt(broker.substring(colon + 1)));
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            byte[] sent = new byte[request.remaining()];
            request.get(sent);
            out.writeInt(sent.length);
            out.write(sent);
            out.flush();
            byte[] received = new byte[in.readInt()];
            in.readFully(received);
            ByteBuffer answer = ByteBuffer.wrap(received);
            ResponseHeader.parse(answer, ApiKeys.PRODUCE.responseHeaderVersion(VERSION));
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
