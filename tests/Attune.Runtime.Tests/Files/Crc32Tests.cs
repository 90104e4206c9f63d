using Attune.Runtime.Files.Container;

namespace Attune.Runtime.Tests.Files;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class Crc32Tests
{
    // The check value of every catalogue of CRCs: the CRC-32 of the nine digits.
    [Fact]
    public void The_check_value_is_right() => Crc32.Append(0, "123456789"u8).ShouldBe(0xCBF43926u);

    [Fact]
    public void Folding_agrees_with_the_definition_at_every_length()
    {
        var bytes = new byte[1100];
        new Random(3).NextBytes(bytes);
        for (int length = 0; length < bytes.Length; length++)
        {
            Crc32.Append(0, bytes.AsSpan(0, length)).ShouldBe(BitByBit(bytes.AsSpan(0, length)), $"length {length}");
        }
    }

    [Fact]
    public void Runs_may_be_appended_or_combined()
    {
        var bytes = new byte[70_000];
        new Random(4).NextBytes(bytes);
        uint whole = Crc32.Append(0, bytes);
        foreach (int cut in new[] { 0, 1, 63, 64, 200, 65_536, 69_999, 70_000 })
        {
            uint first = Crc32.Append(0, bytes.AsSpan(0, cut));
            Crc32.Append(first, bytes.AsSpan(cut)).ShouldBe(whole, $"cut at {cut}");
            Crc32.Combine(first, Crc32.Append(0, bytes.AsSpan(cut)), bytes.Length - cut).ShouldBe(whole, $"cut at {cut}");
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
