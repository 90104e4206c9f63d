using Attune.Devices.Memory;

namespace Attune.Devices.Tests.Memory;

public sealed class AlignedFloatsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public unsafe void Memory_is_aligned_zeroed_and_writable_to_its_end(long count)
    {
        using var memory = new AlignedFloats(count);
        ((nint)memory.Address % 64).ShouldBe(0);
        memory.Count.ShouldBe(count);
        memory.Span(0, (int)count).ToArray().ShouldAllBe(value => value == 0);
        memory.Span(0, (int)count).Fill(1);
        memory.Address[count - 1].ShouldBe(1);
    }

    [Fact]
    public unsafe void Memory_that_was_given_back_cannot_be_used()
    {
        var memory = new AlignedFloats(10);
        memory.Dispose();
        memory.Dispose();
        Should.Throw<ObjectDisposedException>(() => (nint)memory.Address);
    }

    [Fact]
    public void Parts_outside_the_memory_are_refused()
    {
        using var memory = new AlignedFloats(10);
        Should.Throw<ArgumentOutOfRangeException>(() => memory.Span(5, 6).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => memory.Span(-1, 1).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => new AlignedFloats(-1));
    }
}
