namespace Attune.Design.Tests;

public sealed class DeviceKeyTests
{
    private static readonly DeviceKey Key = new("xeon", "attune-0.1", "fp32", 1, 2, "default", true);

    [Fact]
    public void A_key_is_read_back_from_its_line() => DeviceKey.Parse(Key.ToString()).ShouldBe(Key);

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c/1/t1/d/tuned")]
    [InlineData("a/b/c/b0/t1/d/tuned")]
    [InlineData("a/b/c/b1/t1/d/perhaps")]
    [InlineData("a//c/b1/t1/d/tuned")]
    public void Other_text_is_no_key(string text) => DeviceKey.Parse(text).ShouldBeNull();

    [Fact]
    public void Tuned_and_untuned_are_two_devices() =>
        Key.DifferencesFrom(Key with { Tuned = false, Threads = 1 }).ShouldBe(["threads 2 against 1", "tuned True against False"]);

    [Fact]
    public void Slashes_in_a_part_do_not_make_more_parts() =>
        DeviceKey.Parse((Key with { Hardware = "a/b" }).ToString()).ShouldBe(Key with { Hardware = "a_b" });

    [Fact]
    public void Empty_parts_and_wrong_counts_are_named() =>
        (Key with { Hardware = " ", Batch = 0, Threads = -1 }).Problems().Length.ShouldBe(3);
}
