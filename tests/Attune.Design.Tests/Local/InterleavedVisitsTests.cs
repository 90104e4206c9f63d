using Attune.Design.Local;

namespace Attune.Design.Tests.Local;

public sealed class InterleavedVisitsTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void A_disturbed_visit_does_not_count()
    {
        int run = 0;
        var visits = new InterleavedVisits(new LocalMeasureOptions { Visits = 5, VisitMs = 10 }, clock, new Random(1));
        // Every third stretch of runs is three times slower.
        VisitTimes[] times = visits.Run([() => clock.Advance(run++ / 12 % 3 == 0 ? 6 : 2), () => clock.Advance(1)], CancellationToken.None);
        times[0].Ms.ShouldBe(2, 1e-6);
        times[1].Ms.ShouldBe(1, 1e-6);
        times[0].MediansMs.Length.ShouldBe(5);
    }

    [Fact]
    public void Slow_models_run_at_least_three_times_a_visit_and_the_first_run_does_not_count()
    {
        int runs = 0;
        var visits = new InterleavedVisits(new LocalMeasureOptions { Visits = 2, VisitMs = 1 }, clock, new Random(1));
        VisitTimes[] times = visits.Run([() => clock.Advance(runs++ % 4 == 0 ? 100 : 50)], CancellationToken.None);
        times[0].Runs.ShouldBe(6);
        runs.ShouldBe(8);
        times[0].Ms.ShouldBe(50, 1e-6);
    }

    [Fact]
    public void Contenders_take_turns()
    {
        var order = new List<int>();
        var visits = new InterleavedVisits(new LocalMeasureOptions { Visits = 4, VisitMs = 0.001 }, clock, new Random(1));
        visits.Run([.. Enumerable.Range(0, 3).Select(i => (Action)(() => { order.Add(i); clock.Advance(1); }))], CancellationToken.None);
        // Four runs a visit: in every twelve runs each contender had its turn once.
        order.Chunk(12).ShouldAllBe(round => round.Distinct().Count() == 3);
    }

    [Fact]
    public void Options_out_of_range_are_told_together()
    {
        string message = Should.Throw<ArgumentException>(() => new LocalMeasureOptions { Visits = 0, VisitMs = -1, Repeats = 99 }.Validated()).Message;
        message.ShouldContain("Visits 0");
        message.ShouldContain("VisitMs -1");
        message.ShouldContain("Repeats 99");
    }
}
