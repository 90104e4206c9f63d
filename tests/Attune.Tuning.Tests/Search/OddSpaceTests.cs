using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Search;
using Attune.Tuning.Tests.Transfer;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Search;

/// <summary>Spaces that are too small, empty or immense, with and without history.</summary>
public sealed class OddSpaceTests
{
    private static readonly SearcherOptions Brief = new() { Transfer = new() { Steps = 10, InducingPoints = 8 } };

    public static TheoryData<string, bool> Searchers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string name in SearcherCatalog.Names)
            {
                data.Add(name, false);
                if (SearcherCatalog.Learners.Contains(name))
                {
                    data.Add(name, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Searchers))]
    public void A_space_with_one_point_is_asked_for_it_once(string name, bool learns)
    {
        var space = new Space([Knob.Scale("a", 4), Knob.Choice("b", "x")]);
        ISearcher searcher = Create(name, space, learns, space);
        searcher.Ask(8).ShouldBe([0]);
        searcher.Ask(8).ShouldBeEmpty();
        searcher.Tell([new Observation(0, Outcome.Ok, 1)]);
        searcher.Ask(8).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Searchers))]
    public void A_space_without_a_valid_point_is_asked_for_nothing(string name, bool learns)
    {
        var space = new Space([Knob.Scale("a", 1, 2, 4), Knob.Choice("b", "x", "y")], _ => false);
        Create(name, space, learns, new Space(space.Knobs)).Ask(8).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Searchers))]
    public void A_space_of_a_million_million_points_is_searched_like_any_other(string name, bool learns)
    {
        Space space = new([.. Enumerable.Range(0, 12).Select(knob => Knob.Scale($"k{knob}", [.. Enumerable.Range(0, 10).Select(i => 1 << i)]))]);
        space.Count.ShouldBe(1_000_000_000_000);
        ISearcher searcher = Create(name, space, learns, space);
        var asked = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            ImmutableArray<long> batch = searcher.Ask(8);
            batch.Length.ShouldBe(8);
            asked.AddRange(batch);
            searcher.Tell([.. batch.Select(point => new Observation(point, Outcome.Ok, Time(space, point)))]);
        }

        asked.ShouldBeUnique();
    }

    private static double Time(Space space, long point) => 1 + space.Decode(point).Sum(value => Math.Abs(value - 6));

    // History over points of the same knobs, spread over the space that they were taken from.
    private static ISearcher Create(string name, Space space, bool learns, Space source)
    {
        if (!learns)
        {
            return SearcherCatalog.Create(name, space, Brief);
        }

        int count = (int)Math.Min(40, source.Count);
        Observation[] observations = [.. Enumerable.Range(0, count).Select(i => source.Count / count * i).Select(
            point => new Observation(point, Outcome.Ok, Time(source, point)))];
        HistoryTask elsewhere = Histories.Honest(Landscape.MakeSpace());
        return SearcherCatalog.Create(
            name, space, Brief with { History = new TuningHistory([new HistoryTask("odd", "elsewhere", source, [.. observations]), elsewhere]) });
    }
}
