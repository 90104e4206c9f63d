using System.Collections.Immutable;
using System.Text.Json;
using Attune.Compile.Diagnostics;
using Attune.Measuring.Probes;
using Attune.Runtime;
using Attune.Runtime.Tests;

namespace Attune.Compile.Tests.Diagnostics;

public sealed class ChromeTraceTests
{
    private const int Recorded = 4;
    private const int Traced = 2;

    [Fact]
    public void Events_are_sorted_and_nested_on_the_track_of_one_thread() => CheckTracks(threads: 1);

    [NeedingFact(Need.TwoProcessors)]
    public void Events_are_sorted_and_nested_on_the_track_of_each_of_two_threads() => CheckTracks(threads: 2);

    private static void CheckTracks(int threads)
    {
        using var model = CompiledModel.Compile(
            BranchedNetwork.Of(new NetworkSketch(1)),
            ImmutableDictionary<string,
            IReadOnlyDictionary<string,
            string>>.Empty,
            new ModelOptions { Threads = threads });
        (ModelProfile profile, RunRecording recording) = ModelProfile.Of(model, new MachineSpeed(threads, 1e11, 1e10), Recorded);
        using var stream = new MemoryStream();
        new ChromeTrace("branched", profile, recording).Write(stream, Traced);
        using var document = JsonDocument.Parse(stream.ToArray());
        document.RootElement.GetProperty("otherData").GetProperty("threads").GetInt32().ShouldBe(threads);
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];
        events.Count(each => each.GetProperty("name").GetString() == "thread_name").ShouldBe(threads);
        IGrouping<int, JsonElement>[] tracks = [.. events.Where(each => each.GetProperty("ph").GetString() == "X").GroupBy(
            each => each.GetProperty("tid").GetInt32())];
        tracks.Select(track => track.Key).Order().ShouldBe(Enumerable.Range(0, threads));
        foreach (IGrouping<int, JsonElement> track in tracks)
        {
            CheckTrack([.. track], model.Steps.Length, threads);
        }
    }

    private static void CheckTrack(JsonElement[] events, int steps, int threads)
    {
        events.Count(each => Category(each) == "run").ShouldBe(Traced);
        events.Count(each => Category(each) == "step").ShouldBe(Traced * steps);
        events.Count(each => Category(each) == "wait").ShouldBe(threads == 1 ? 0 : events.Count(each => Category(each) == "work"));
        decimal last = 0;
        var open = new Stack<(string Category, decimal End)>();
        decimal inRun = 0;
        decimal runLength = 0;
        foreach (JsonElement each in events)
        {
            decimal begin = each.GetProperty("ts").GetDecimal();
            decimal length = each.GetProperty("dur").GetDecimal();
            begin.ShouldBeGreaterThanOrEqualTo(last);
            length.ShouldBeGreaterThanOrEqualTo(0);
            last = begin;
            string category = Category(each);
            while (open.Count > 0 && Depth(open.Peek().Category) >= Depth(category))
            {
                open.Pop().End.ShouldBeLessThanOrEqualTo(begin, "a slice begins when the one before it on the same level has ended");
            }

            if (open.Count > 0)
            {
                (begin + length).ShouldBeLessThanOrEqualTo(open.Peek().End, "a slice ends within its parent");
            }

            open.Count.ShouldBe(Depth(category));
            open.Push((category, begin + length));
            if (category == "run")
            {
                inRun.ShouldBeLessThanOrEqualTo(runLength);
                (inRun, runLength) = (0, length);
            }
            else if (category == "step")
            {
                inRun += length;
                each.GetProperty("args").GetProperty("layer").GetString().ShouldBe(each.GetProperty("name").GetString());
            }
        }

        inRun.ShouldBeGreaterThan(0);
        inRun.ShouldBeLessThanOrEqualTo(runLength, "steps take no longer than their run");
    }

    private static string Category(JsonElement each) => each.GetProperty("cat").GetString()!;

    private static int Depth(string category) => category switch
    {
        "run" => 0,
        "step" => 1,
        _ => 2,
    };
}
