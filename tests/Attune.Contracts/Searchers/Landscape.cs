using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Contracts.Searchers;

/// <summary>A synthetic kernel: smooth in log2 tiles with one valley and an interaction; some points are invalid.</summary>
internal static class Landscape
{
    public const long Start = 1;

    public static Space MakeSpace() => new(
        [Knob.Scale("a", 1, 2, 4, 8, 16, 32, 64), Knob.Split("t", 64, 3), Knob.Split("u", 28, 2), Knob.Choice("order", "x", "y", "z"), Knob.Flag("pack")],
        point => point.Value("a") * point.Tuple("t")[2] <= 512);

    public static double TimeOf(Space space, long index)
    {
        Configuration point = space[index];
        double a = Math.Log2(point.Value("a")) - 3;
        double t = Math.Log2(point.Tuple("t")[2]) - 4;
        double u = Math.Log2(point.Tuple("u")[1]) - 2;
        double order = point.Label("order") switch { "x" => 1.3, "y" => 1.0, _ => 1.6 };
        return order * (point.IsOn("pack") ? 1 : 1.2) * (1 + (0.3 * a * a) + (0.2 * t * t) + (0.1 * u * u) + (0.1 * a * t));
    }

    public static Observation Observe(Space space, long point) => new(point, Outcome.Ok, TimeOf(space, point));

    public static Observation[] Measure(Space space, IEnumerable<long> points) => [.. points.Select(point => Observe(space, point))];

    public static List<long> Search(ISearcher searcher, Space space, int trials, int batch)
    {
        var asked = new List<long>();
        while (asked.Count < trials)
        {
            var points = searcher.Ask(Math.Min(batch, trials - asked.Count));
            asked.AddRange(points);
            searcher.Tell(Measure(space, points));
        }

        return asked;
    }
}
