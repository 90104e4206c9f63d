using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class PairedComparisonTests
{
    private const int Sessions = 600;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Sides_alternate_and_swap_who_goes_first()
    {
        var machine = new NoisyMachine(Noise.None, 1);
        ModelComparison comparison = await Compare(machine, 6, 4);
        machine.Order.Skip(2).Take(6).ShouldBe(["default", "tuned", "tuned", "default", "default", "tuned"]);
        comparison.DefaultMs.ShouldBe(6);
        comparison.TunedMs.ShouldBe(4);
        comparison.Gain!.Median.ShouldBe(1.5);
        comparison.KeepsDefaults.ShouldBeFalse();
    }

    [Fact]
    public async Task A_noisy_machine_gets_more_rounds_than_a_quiet_one()
    {
        ModelComparison quiet = await Compare(new NoisyMachine(Noise.None, 1), 5, 5);
        ModelComparison noisy = await Compare(new NoisyMachine(Noise.Jitter, 1), 5, 5);
        quiet.Gain!.Pairs.ShouldBe(8);
        noisy.Gain!.Pairs.ShouldBeGreaterThan(16);
    }

    [Fact]
    public async Task The_limit_is_kept_unless_nothing_could_be_told_then()
    {
        var machine = new NoisyMachine(Noise.Jitter, 2);
        await Compare(machine, 5, 5);
        machine.Clock.GetUtcNow().ShouldBeLessThan(DateTimeOffset.UnixEpoch + (1.1 * Limit));

        ModelComparison slow = await Compare(new NoisyMachine(Noise.Jitter, 2), 5000, 5000);
        slow.Gain!.Pairs.ShouldBe(PairedComparison.MinPairs);
    }

    [Fact]
    public async Task An_interruption_ends_it_with_what_can_be_told()
    {
        var machine = new NoisyMachine(Noise.Jitter, 3);
        ModelComparison comparison = await new PairedComparison(machine.Clock) { Pause = TimeSpan.Zero }
            .RunAsync(machine.Model("default", 5), machine.Model("tuned", 5), Limit, null, new CancellationToken(canceled: true));
        comparison.Gain!.Pairs.ShouldBe(PairedComparison.MinPairs);
    }

    [Fact]
    public async Task Without_a_tuned_model_the_default_is_timed_alone()
    {
        var machine = new NoisyMachine(Noise.None, 1);
        ModelComparison alone = await new PairedComparison(machine.Clock) { Pause = TimeSpan.Zero }.RunAsync(
            machine.Model("default", 3), null, Limit, null, CancellationToken.None);
        alone.Gain.ShouldBeNull();
        alone.KeepsDefaults.ShouldBeFalse();
        alone.DefaultMs.ShouldBe(3);
        alone.TunedMs.ShouldBe(3);

        var slow = new NoisyMachine(Noise.None, 1);
        await new PairedComparison(slow.Clock) { Pause = TimeSpan.Zero }.RunAsync(slow.Model("default", 60_000), null, Limit, null, CancellationToken.None);
        slow.Order.Count.ShouldBe(1, "one block of a model of a minute is enough");
    }

    [Fact]
    public async Task Steps_are_compared_in_the_blocks_of_the_whole()
    {
        var machine = new NoisyMachine(Noise.Phases, 4);
        ModelComparison comparison = await new PairedComparison(machine.Clock) { Pause = TimeSpan.Zero }
            .RunAsync(machine.Model("default", 10, 0.5, 0.3, 0.2), machine.Model("tuned", 5, 0.8, 0.2), Limit, null, CancellationToken.None);

        // 5 ms and 3 + 2 ms by default, 4 ms and 1 ms tuned.
        comparison.GainOf([0], [0])!.ShouldSatisfyAllConditions(gain => gain.Low.ShouldBeLessThan(1.25), gain => gain.High.ShouldBeGreaterThan(1.25));
        comparison.GainOf([1], [1, 2])!.ShouldSatisfyAllConditions(gain => gain.Low.ShouldBeLessThan(5), gain => gain.High.ShouldBeGreaterThan(5));
        comparison.GainOf([], [0]).ShouldBeNull();
    }

    [Theory]
    [InlineData(nameof(Noise.Jitter))]
    [InlineData(nameof(Noise.Drift))]
    [InlineData(nameof(Noise.Bursts))]
    [InlineData(nameof(Noise.Phases))]
    [InlineData(nameof(Noise.SlowFromHalfway))]
    public async Task Under_noise_the_interval_holds_the_gain_and_no_difference_is_found_where_there_is_none(string noise)
    {
        (int held, int faster, _) = await Count(Enum.Parse<Noise>(noise), 5, 5);

        // 95 % and 2.5 %, less and more three standard errors of a share.
        held.ShouldBeGreaterThan((int)(Sessions * (0.95 - (3 * Math.Sqrt(0.95 * 0.05 / Sessions)))));
        faster.ShouldBeLessThan((int)(Sessions * (0.025 + (3 * Math.Sqrt(0.025 * 0.975 / Sessions)))));
    }

    [Theory]
    [InlineData(nameof(Noise.Jitter))]
    [InlineData(nameof(Noise.Drift))]
    [InlineData(nameof(Noise.Bursts))]
    [InlineData(nameof(Noise.Phases))]
    [InlineData(nameof(Noise.SlowFromHalfway))]
    public async Task Under_noise_a_slower_model_is_hardly_ever_preferred_and_a_much_faster_one_nearly_always(string noise)
    {
        (_, int faster, _) = await Count(Enum.Parse<Noise>(noise), 5, 5.1);
        faster.ShouldBeLessThan(Sessions * 25 / 1000);
        (int held, int won, double within) = await Count(Enum.Parse<Noise>(noise), 5, 4);
        won.ShouldBeGreaterThan(Sessions * 98 / 100);
        held.ShouldBeGreaterThan((int)(Sessions * (0.95 - (3 * Math.Sqrt(0.95 * 0.05 / Sessions)))));
        within.ShouldBe(1.25, 0.02);
    }

    private static async Task<(int Held, int Faster, double Mean)> Count(Noise noise, double before, double tuned)
    {
        (int held, int faster, double sum) = (0, 0, 0);
        for (int session = 0; session < Sessions; session++)
        {
            ModelComparison comparison = await Compare(new NoisyMachine(noise, session), before, tuned);
            held += comparison.Gain!.Low <= before / tuned && before / tuned <= comparison.Gain.High ? 1 : 0;
            faster += comparison.KeepsDefaults ? 0 : 1;
            sum += comparison.Gain.Median;
            (comparison.DefaultMs / comparison.TunedMs).ShouldBe(comparison.Gain.Median, 1e-9);
        }

        return (held, faster, sum / Sessions);
    }

    private static Task<ModelComparison> Compare(NoisyMachine machine, double before, double tuned) =>
        new PairedComparison(machine.Clock) { Pause = TimeSpan.Zero }.RunAsync(
            machine.Model("default", before), machine.Model("tuned", tuned), Limit, null, CancellationToken.None);
}
