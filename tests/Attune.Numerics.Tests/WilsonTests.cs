namespace Attune.Numerics.Tests;

public sealed class WilsonTests
{
    // Published values: Newcombe 1998, table I (method 3), 81/263, 15/148, 0/20 and 1/29.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Intervals_are_those_in_print(long hits, long trials, double low, double high)
    {
        var wilson = Wilson.Of(hits, trials);
        wilson.Low.ShouldBe(low, 5e-5);
        wilson.High.ShouldBe(high, 5e-5);
    }

    [Fact]
    public void Nothing_tried_says_nothing() => Wilson.Of(0, 0).ShouldBe(new Wilson(0, 0, 1));
}
