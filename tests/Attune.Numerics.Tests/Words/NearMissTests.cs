using Attune.Numerics.Words;

namespace Attune.Numerics.Tests.Words;

public sealed class NearMissTests
{
    [Theory]
    [InlineData("tuen", "tune")]
    [InlineData("bnech", "bench")]
    [InlineData("mobilnet_v1", "mobilenet_v1")]
    [InlineData("Resnet18", "resnet18")]
    public void A_slip_finds_its_word(string typed, string meant) =>
        NearMiss.Find(typed, ["tune", "bench", "mobilenet_v1", "mobilenet_v2", "resnet18", "resnet50"]).ShouldBe(meant);

    [Fact]
    public void Another_word_finds_nothing() => NearMiss.Find("teleport", ["tune", "bench"]).ShouldBeNull();

    [Fact]
    public void The_nearest_word_may_be_far_away()
    {
        NearMiss.Nearest(" TELEPORT ", ["tune", "bench", "report"]).ShouldBe("report");
        NearMiss.Nearest("tune", []).ShouldBeNull();
    }

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("same", "same", 0)]
    public void Distances_are_those_of_the_textbook(string left, string right, int distance) => NearMiss.Distance(left, right).ShouldBe(distance);
}
