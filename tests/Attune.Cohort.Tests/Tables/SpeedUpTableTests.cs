using Attune.Cohort.Tables;

namespace Attune.Cohort.Tests.Tables;

public sealed class SpeedUpTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300)]
    public void Lookup_finds_what_a_search_through_all_rows_finds(int count)
    {
        var random = new Random(count);
        SpeedUpRow[] rows = [.. Enumerable.Range(0, count).Select(
            i => new SpeedUpRow(i, Math.Round(1 + (4 * random.NextDouble()), 1), Math.Round(1 + random.NextDouble(), 2)))];
        var table = SpeedUpTable.Of(rows);
        for (int k = 0; k < 200; k++)
        {
            double needed = 0.5 + (5 * random.NextDouble());
            double guard = k % 3 * 0.02;
            SpeedUpRow[] enough = [.. rows.Where(row => row.SpeedUp >= needed * (1 + guard))];
            SpeedUpRow found = table.Lookup(needed, guard, out bool feasible);
            feasible.ShouldBe(enough.Length > 0);
            if (feasible)
            {
                found.SpeedUp.ShouldBeGreaterThanOrEqualTo(needed * (1 + guard));
                found.Cost.ShouldBe(enough.Min(row => row.Cost));
            }
            else
            {
                found.SpeedUp.ShouldBe(rows.Max(row => row.SpeedUp));
            }
        }
    }

    [Fact]
    public void The_front_rises_in_both_and_keeps_every_settings_own_row()
    {
        var table = SpeedUpTable.Of([new SpeedUpRow(0, 1, 1), new SpeedUpRow(1, 2, 3), new SpeedUpRow(2, 2.5, 2), new SpeedUpRow(3, 3, 4)]);
        table.Front.ToArray().Select(row => row.Setting).ShouldBe([0, 2, 3], "setting 1 is beaten by 2 in both");
        table[1].Cost.ShouldBe(3);
        table.Fastest.ShouldBe(3);
        table.Lookup(double.PositiveInfinity, 0, out bool feasible).Setting.ShouldBe(3);
        feasible.ShouldBeFalse();
    }

    [Fact]
    public void A_request_below_one_gets_the_cheapest_row() =>
        SpeedUpTable.Of([new SpeedUpRow(0, 1, 5), new SpeedUpRow(1, 2, 4)]).Lookup(0.2, 0, out _).Setting.ShouldBe(1);
}
