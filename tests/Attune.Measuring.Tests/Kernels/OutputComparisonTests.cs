using Attune.Measuring.Kernels;

namespace Attune.Measuring.Tests.Kernels;

public sealed unsafe class OutputComparisonTests
{
    private const int Count = 37;

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(36)]
    public void No_number_is_an_infinite_error_whatever_follows(int at)
    {
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            float[] actual = Expected();
            actual[at] = bad;
            Compare(actual, Expected()).ShouldBe(double.PositiveInfinity, $"{bad} at {at}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(36)]
    public void The_worst_error_counts_and_is_relative_to_the_tolerance(int at)
    {
        float[] actual = Expected();
        actual[at] += 0.5f;
        Compare(actual, Expected()).ShouldBe(0.5, 1e-6);
        actual[(at + 5) % Count] -= 3;
        Compare(actual, Expected()).ShouldBe(3, 1e-6);
        Compare(Expected(), Expected()).ShouldBe(0);
    }

    [Fact]
    public void Where_nothing_is_expected_anything_may_be()
    {
        float[] expected = Expected();
        float[] actual = Expected();
        expected[3] = expected[12] = expected[36] = float.NaN;
        actual[3] = float.NaN;
        actual[12] = float.NegativeInfinity;
        actual[36] = 1e9f;
        Compare(actual, expected).ShouldBe(0);
        actual[13] = float.NaN;
        Compare(actual, expected).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void Writes_around_guarded_memory_are_noticed()
    {
        foreach (long at in (long[])[-1, -GuardedFloats.Guard, 100, 100 + GuardedFloats.Guard - 1])
        {
            using var memory = new GuardedFloats(100);
            memory.IsIntact.ShouldBeTrue();
            memory.Span(0, 100).ContainsAnyExcept(float.NaN).ShouldBeFalse("new memory holds no numbers");
            memory.Span(0, 100).Fill(1);
            ulong print = memory.Fingerprint();
            memory.Address[at] = 0;
            memory.IsIntact.ShouldBeFalse($"{at}");
            memory.Fingerprint().ShouldBe(print);
            memory.Arm();
            memory.IsIntact.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Any_stray_write_changes_the_fingerprint(int count)
    {
        using var memory = new GuardedFloats(count);
        memory.Clear();
        ulong clean = memory.Fingerprint();
        for (int at = 0; at < count; at++)
        {
            memory.Address[at] = -0f;
            memory.Fingerprint().ShouldNotBe(clean, $"{at}");
            memory.Address[at] = 0;
        }

        memory.Fingerprint().ShouldBe(clean);
    }

    private static float[] Expected() => [.. Enumerable.Range(0, Count).Select(i => (float)i)];

    private static double Compare(float[] actual, float[] expected)
    {
        fixed (float* ours = actual, theirs = expected)
        {
            return OutputComparison.Of(ours, theirs, Count, 1);
        }
    }
}
