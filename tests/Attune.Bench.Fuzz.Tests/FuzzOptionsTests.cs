using Attune.Bench.Fuzz.Campaign;

namespace Attune.Bench.Fuzz.Tests;

public sealed class FuzzOptionsTests
{
    [Fact]
    public void Usual_options_have_no_problem() => new FuzzOptions().Problems().ShouldBeEmpty();

    [Fact]
    public void Everything_wrong_is_named() =>
        new FuzzOptions { Graphs = 0, Start = -1, Lanes = [5], Jobs = 0 }.Problems().Length.ShouldBe(4);

    [Fact]
    public void Lines_of_a_worker_survive_the_way()
    {
        var line = new FuzzLine(7, true, 3, "two\nlines");
        line.Encode().ShouldNotContain('\n');
        FuzzLine.Decode(line.Encode()).ShouldBe(line);
        FuzzLine.Decode("no line of ours").ShouldBeNull();
    }

    [Fact]
    public void A_worker_says_before_and_after_each_graph_what_it_does()
    {
        var output = new StringWriter();
        FuzzWorker.Run(new FuzzOptions { Graphs = 3, Lanes = [4] }, first: 0, step: 2, output);
        output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => FuzzLine.Decode(text)!).Select(line => (line.Index, line.Done))
            .ShouldBe([(0, false), (0, true), (2, false), (2, true)]);
    }
}
