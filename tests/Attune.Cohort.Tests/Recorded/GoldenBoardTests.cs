using Attune.Cohort.Lag;
using Attune.Cohort.Recorded;
using Attune.Cohort.Tables;
using Attune.Records.Documents;

namespace Attune.Cohort.Tests.Recorded;

/// <summary>Golden vectors T1 to T4 of the design paper, section 1.17, computed from the recorded medians: GPU clock only, AlexNet, 24 slots.</summary>
public sealed class GoldenBoardTests
{
    private const double Deadline = 16_000;

    // Clock in MHz, SpeedUp, PowerUp, energy ratio: the paper's table.
    private static readonly double[][] Expected =
    [
        [140.25, 1.0000, 1.0000, 1.0000], [229.5, 1.6260, 1.0825, .6658], [318.75, 2.2375, 1.1484, .5133], [408, 2.8124, 1.1917, .4237],
        [497.25, 3.3282, 1.2267, .3686],
        [586.5, 3.7875, 1.2646, .3339], [675.75, 4.1693, 1.2967, .3110], [765, 4.5036, 1.3358, .2966], [854.25, 4.7526, 1.3768, .2897],
        [943.5, 4.9619, 1.4309, .2884],
        [1032.75, 5.1303, 1.4811, .2887], [1122, 5.2600, 1.5339, .2916], [1211.25, 5.3766, 1.5948, .2966], [1300.5, 5.4761, 1.6741, .3057],
    ];

    [NeedingFact(Need.BoardTables)]
    public void The_table_has_the_papers_speed_ups_and_powers()
    {
        BoardSlots slots = Slots();
        SpeedUpTable table = Table(slots);
        slots.Settings.Length.ShouldBe(Expected.Length);
        Sum(slots.Time, 0).ShouldBe(63_046, 1);
        for (int i = 0; i < Expected.Length; i++)
        {
            (slots.Settings[i].Gpu / 1e6).ShouldBe(Expected[i][0], 1e-6);
            table[i].SpeedUp.ShouldBe(Expected[i][1], 6e-5);
            table[i].Cost.ShouldBe(Expected[i][2], 6e-5);
            (table[i].Cost / table[i].SpeedUp).ShouldBe(Expected[i][3], 6e-5);
        }
    }

    [NeedingFact(Need.BoardTables)]
    public void T1_sub_deadlines()
    {
        SubDeadlines schedule = Schedule();
        foreach ((int slot, double duration) in new[] { (1, 374.533), (5, 1302.180), (9, 1326.500), (16, 967.254), (19, 6306.610), (22, 2773.908) })
        {
            schedule.Duration(slot).ShouldBe(duration, 6e-4);
        }

        schedule.End(23).ShouldBe(Deadline);
    }

    [NeedingFact(Need.BoardTables)]
    public void T2_and_T3_lag_and_required_speed()
    {
        BoardSlots slots = Slots();
        SubDeadlines schedule = Schedule();
        int middle = Array.FindIndex(Expected, row => row[0] == 675.75);
        double elapsed = Enumerable.Range(0, 10).Sum(slot => slots.Time[middle, slot]);
        elapsed.ShouldBe(3845.5, 1e-9);
        schedule.End(9).ShouldBe(3390.949, 6e-4);
        double lag = schedule.Lag(10, elapsed);
        lag.ShouldBe(-454.551, 6e-4);

        schedule.Duration(10).ShouldBe(43.082, 6e-4);
        RequiredSpeedUp.NextStageRelative(schedule.Duration(10), lag).ShouldBe(7);
        double rest = Enumerable.Range(10, 14).Sum(slot => slots.Time[0, slot]);
        rest.ShouldBe(46_662, 0.5);
        double needed = RequiredSpeedUp.Rest(rest, Deadline - elapsed);
        needed.ShouldBe(3.839072, 6e-6);
        SpeedUpRow found = Table(slots).Lookup(needed, 0, out bool feasible);
        feasible.ShouldBeTrue();
        found.Setting.ShouldBe(middle);

        // Relative to the reference setting: what is left there over what is left of the deadline.
        int reference = slots.Settings.Length - 1;
        (Enumerable.Range(10, 14).Sum(slot => slots.Time[reference, slot]) / (Deadline - elapsed)).ShouldBe(0.746472, 6e-6);
    }

    [NeedingFact(Need.BoardTables)]
    public void T4_wishes()
    {
        BoardSlots slots = Slots();
        SpeedUpTable table = Table(slots);
        foreach ((double need, double clock) in new[] { (3.15, 497.25), (5.0, 1032.75), (1.667, 318.75) })
        {
            Expected[table.Lookup(need, 0, out _).Setting][0].ShouldBe(clock);
        }
    }

    private static SpeedUpTable Table(BoardSlots slots) => SpeedUpTable.Of(Enumerable.Range(0, slots.Settings.Length).Select(setting => new SpeedUpRow(
        setting,
        Sum(slots.Time, 0) / Sum(slots.Time, setting),
        Sum(slots.Energy, setting) / Sum(slots.Time, setting) / (Sum(slots.Energy, 0) / Sum(slots.Time, 0)))));

    private static double Sum(double[,] table, int setting) => Enumerable.Range(0, table.GetLength(1)).Sum(slot => table[setting, slot]);

    private static SubDeadlines Schedule()
    {
        BoardSlots slots = Slots();
        return new SubDeadlines([.. Enumerable.Range(0, slots.Names.Length).Select(slot => slots.Time[slots.Settings.Length - 1, slot])], Deadline);
    }

    private static BoardSlots Slots()
    {
        var problems = System.Collections.Immutable.ImmutableArray.CreateBuilder<DocumentProblem>();
        BoardSlots? slots = BoardSlots.Read(Path.Combine(TestData.Board, "derived_tx2_alexnet_noemc_by_gpu_emc.csv"), double.PositiveInfinity, problems);
        problems.ShouldBeEmpty();
        return slots.ShouldNotBeNull();
    }
}
