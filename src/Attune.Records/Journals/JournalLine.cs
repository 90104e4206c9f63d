using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Attune.Records.Journals;

/// <summary>
/// One line of a journal: a JSON object whose last property is the CRC-32C of all bytes before that property, as in
/// <c>{"v":1,...,"crc":"0a1b2c3d"}</c>. Still plain JSON for any other reader.
/// </summary>
internal static class JournalLine
{
    /// <summary>How every line of every schema begins.</summary>
    public static ReadOnlySpan<byte> Prefix => "{\"v\":"u8;

    /// <summary>What is wrong with a line whose checksum is not the one of its content.</summary>
    public const string BadChecksum = "the checksum is missing or does not match";

    private static ReadOnlySpan<byte> CheckPrefix => ",\"crc\":\""u8;

    private const int CheckLength = 8 + 8 + 2;

    /// <summary>The line of a record, with its line feed.</summary>
    public static byte[] Encode(TuningRecord record) => Seal(JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.TuningRecord));

    /// <summary>The line of a JSON object, with its checksum and line feed.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> json)
    {
        int body = json.Length - 1;
        var line = new byte[body + CheckLength + 1];
        json[..body].CopyTo(line);
        CheckPrefix.CopyTo(line.AsSpan(body));
        uint crc = Checksum(json[..body]);
        Encoding.ASCII.GetBytes(crc.ToString("x8", CultureInfo.InvariantCulture), line.AsSpan(body + CheckPrefix.Length));
        "\"}\n"u8.CopyTo(line.AsSpan(body + CheckLength - 2));
        return line;
    }

    /// <summary>The JSON object of a line given without its line feed; null when the checksum is missing or wrong.</summary>
    public static byte[]? Unseal(ReadOnlySpan<byte> line) => TrySplit(line, out ReadOnlySpan<byte> body) ? [.. body, (byte)'}'] : null;

    /// <summary>True when a line given without its line feed ends like one with a checksum, right or wrong.</summary>
    public static bool HasChecksum(ReadOnlySpan<byte> line) =>
        line.Length > CheckLength && line[^CheckLength..] is var check && check.StartsWith(CheckPrefix) && check.EndsWith("\"}"u8);

    /// <summary>True when a line given without its line feed begins like a record's and has the right checksum.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> line) => line.StartsWith(Prefix) && TrySplit(line, out _);

    /// <summary>The schema that a line names, whether it is intact or not; 0 when it names none.</summary>
    public static int ClaimedSchema(ReadOnlySpan<byte> line) =>
        line.StartsWith(Prefix) && Utf8Parser.TryParse(line[Prefix.Length..], out int schema, out _) ? schema : 0;

    /// <summary>Reads a line given without its line feed.</summary>
    public static DecodedLine Decode(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Prefix) || Unseal(line) is not { } json)
        {
            return DecodedLine.Damaged(BadChecksum);
        }

        try
        {
            int schema = ReadSchema(line);
            if (schema > TuningRecord.CurrentSchema)
            {
                return DecodedLine.Newer(schema);
            }

            TuningRecord? record = JsonSerializer.Deserialize(json, RecordJson.Default.TuningRecord);
            return record is null || record.TimesMs.IsDefault
                ? DecodedLine.Damaged("it holds no record")
                : DecodedLine.Read(RecordMigration.Apply(record));
        }
        catch (JsonException exception)
        {
            return DecodedLine.Damaged($"it is not a record ({exception.Message})");
        }
    }

    // The body is an object without its brace; closing it again keeps "crc" out of the record's shape.
    private static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (line.Length <= CheckLength || line[0] != '{')
        {
            return false;
        }

        ReadOnlySpan<byte> check = line[^CheckLength..];
        body = line[..^CheckLength];
        return check.StartsWith(CheckPrefix)
            && check.EndsWith("\"}"u8)
            && check[CheckPrefix.Length..^2] is var stated && stated.IndexOfAnyInRange((byte)'A', (byte)'F') < 0
            && Utf8Parser.TryParse(stated, out uint crc, out int read, 'x') && read == stated.Length && crc == Checksum(body);
    }

    private static int ReadSchema(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        _ = reader.Read() && reader.Read() && reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int schema) && schema > 0
            ? schema
            : throw new JsonException("the schema version is not a positive number");
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
