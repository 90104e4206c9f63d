using System.Text.Json;

namespace Attune.Records.Journals;

/// <summary>
/// Strings of JSON by their bytes between the quotes: journals repeat few texts millions of times, and each is decoded and kept once. Not thread-safe.
/// </summary>
internal sealed class RawTexts
{
    private readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> known = new Dictionary<byte[], string>(new ByContent())
        .GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The string that some bytes stand for.</summary>
    /// <exception cref="JsonException">They are no content of a JSON string.</exception>
    public string Of(ReadOnlySpan<byte> raw)
    {
        if (!known.TryGetValue(raw, out string? text))
        {
            byte[] quoted = [(byte)'"', .. raw, (byte)'"'];
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            text = reader.GetString()!;
            known[raw] = text;
        }

        return text;
    }

    private sealed class ByContent : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
