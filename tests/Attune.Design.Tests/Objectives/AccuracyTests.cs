using Attune.Design.Objectives;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Kernels.Targets;

namespace Attune.Design.Tests.Objectives;

public sealed class AccuracyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read("""{ "family": "acc", "genes": [ { "id": "a", "values": [1, 2, 3, 4, 5, 6] }, { "id": "b", "values": [0.5, 1, 2, 4, 8, 16] }, { "id": "c", "values": ["x", "y", "z"] } ] }""");

    [Fact]
    public async Task A_table_knows_its_designs_by_genes_or_by_id()
    {
        var byGenes = AccuracyTable.Read(new StringReader("b,a,c,accuracy,std\n0.50,2,x,71.5,0.3\n1,1,y,60,\n"), "t.csv", space);
        (await byGenes.AskAsync(new SpacePoint([1, 0, 0]), CancellationToken.None)).Value.ShouldBe(new KnownAccuracy(71.5, 0.3));
        (await byGenes.AskAsync(new SpacePoint([5, 0, 0]), CancellationToken.None)).Succeeded.ShouldBeFalse();
        byGenes.Designs.Length.ShouldBe(2);
        var quoted = AccuracyTable.Read(new StringReader("\"b\",a,c,accuracy\r\n\"0.5\", 2 ,\"x\",71.5\r\n"), "t.csv", space);
        (await quoted.AskAsync(new SpacePoint([1, 0, 0]), CancellationToken.None)).Value!.Value.ShouldBe(71.5);
        var byId = AccuracyTable.Read(new StringReader($"design,accuracy\n{space.IdOf(new SpacePoint([1, 0, 0]))},71.5\n"), "t.csv", space);
        (await byId.AskAsync(new SpacePoint([1, 0, 0]), CancellationToken.None)).Value!.Value.ShouldBe(71.5);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b,accuracy\n1,1,5\n", "no column 'c'")]
    [InlineData("a,b,c\n1,1,x\n", "no column 'accuracy'")]
    [InlineData("a,b,c,accuracy\n1,1,x\n", "line 2: 3 cells under 4 headings")]
    [InlineData("a,b,c,accuracy\n1,1,x,high\n", "line 2: the accuracy 'high' is no number")]
    [InlineData("a,b,c,accuracy\n1,1,x,NaN\n", "line 2: the accuracy 'NaN' is no number")]
    [InlineData("a,b,c,accuracy\n9,1,x,5\n", "gene 'a' has no value '9'")]
    [InlineData("a,b,c,accuracy\n1,1,x,5\n1,1.0,x,6\n", "line 3: this design occurs twice")]
    [InlineData("a,b,c,accuracy\n1,1,\"x,5\n", "line 2: the quote that begins field 3 is not closed")]
    [InlineData("a,b,c,accuracy,std\n1,1,x,5,wide\n", "line 2: the std 'wide' is no number")]
    public void A_bad_table_is_told_with_its_line(string text, string message) =>
        Should.Throw<InvalidDataException>(() => AccuracyTable.Read(new StringReader(text), "t.csv", space)).Message.ShouldContain(message);

    [Fact]
    public void A_command_is_split_at_blanks_but_not_inside_quotes() =>
        CommandWords.Split("python3 'my judge.py' --set \"a b\"  {design}").ShouldBe(["python3", "my judge.py", "--set", "a b", "{design}"]);

    [Theory]
    [InlineData("{\"accuracy\": 71.25, \"std\": 0.5}", 71.25, 0.5)]
    [InlineData("epoch 1\nepoch 2\n{\"accuracy\": 3}\n\n", 3, null)]
    [InlineData("{\"accuracy\": 3, \"std\": -1}", 3, null)]
    public void A_programs_last_line_counts(string output, double value, double? deviation) =>
        AccuracyProgram.Parse(output).Value.ShouldBe(new KnownAccuracy(value, deviation));

    [Theory]
    [InlineData("")]
    [InlineData("71.3")]
    [InlineData("rubbish")]
    [InlineData("{\"accuracy\": \"high\"}")]
    [InlineData("{\"acc\": 71}")]
    [InlineData("[71]")]
    [InlineData("{\"accuracy\": 1e999}")]
    public void Rubbish_is_no_accuracy(string output)
    {
        AccuracyProgram.Parse(output).Error.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_program_is_asked_once_per_design_and_failures_are_asked_again()
    {
        using DesignStore store = DesignStore.Open(folder.File("s.jsonl"), TimeProvider.System);
        string count = folder.File("count");
        var good = Program(store, TimeSpan.FromSeconds(20), $"echo x >> '{count}'; grep -q '\"a\": 3' \"$0\" && echo '{{\"accuracy\": 42}}'");
        (await good.AskAsync(new SpacePoint([2, 0, 0]), CancellationToken.None)).Value!.Value.ShouldBe(42);
        (await good.AskAsync(new SpacePoint([2, 0, 0]), CancellationToken.None)).Value!.Value.ShouldBe(42);
        File.ReadAllLines(count).Length.ShouldBe(1);
        (await good.AskAsync(new SpacePoint([1, 0, 0]), CancellationToken.None)).Error!.ShouldContain("ended with code 1");
        (await good.AskAsync(new SpacePoint([1, 0, 0]), CancellationToken.None)).Succeeded.ShouldBeFalse();
        File.ReadAllLines(count).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_program_that_hangs_is_stopped()
    {
        using DesignStore store = DesignStore.Open(folder.File("s.jsonl"), TimeProvider.System);
        AccuracyProgram program = Program(store, TimeSpan.FromMilliseconds(300), "sleep 600");
        Result<KnownAccuracy, string> answer = await program.AskAsync(new SpacePoint([0, 0, 0]), CancellationToken.None);
        answer.Error!.ShouldContain("did not end within");
    }

    [Fact]
    public void A_predictor_learns_from_labels_and_knows_how_well()
    {
        SpacePoint[] designs = [.. space.Enumerate()!.Value];
        double[] labels = [.. designs.Select(design => 50 + (4 * design[0]) + (2 * Math.Log2(space.Genes[1].Number(design[1]))) + design[2])];
        int[] train = [.. Enumerable.Range(0, designs.Length).Where(i => i % 2 == 0)];
        var learned = LearnedAccuracy.Fit(space, [.. train.Select(i => designs[i])], [.. train.Select(i => labels[i])], "labels");
        int[] test = [.. Enumerable.Range(0, designs.Length).Where(i => i % 2 == 1)];
        var quality = FitQuality.Of([.. test.Select(i => learned.Predict(designs[i].Choices.AsSpan()))], [.. test.Select(i => labels[i])]);
        quality.Spearman.Estimate.ShouldBeGreaterThan(0.9);
        learned.Quality.Spearman.Estimate.ShouldBeGreaterThan(0.8);
        learned.Name.ShouldContain("rank correlation");
    }

    [Fact]
    public void Too_few_labels_are_refused() =>
        Should.Throw<ArgumentException>(() => LearnedAccuracy.Fit(space, [new SpacePoint([0, 0, 0])], [1], "labels")).Message.ShouldContain("at least 30");

    [Fact]
    public void A_zero_cost_ranking_says_that_it_is_one()
    {
        DesignSpace tiny = SpaceText.Read(SpaceText.Tiny);
        var encoder = new UnitEncoder(new DesignNetworks(tiny, "unused", false, TimeProvider.System), 1, HostTarget.Widest);
        foreach (string score in ZeroCostAccuracy.Scores)
        {
            var ranking = new ZeroCostAccuracy(score, encoder);
            ranking.IsRankOnly.ShouldBeTrue();
            ranking.Name.ShouldContain("ranking only");
            // The wider network of otherwise equal sizes ranks higher.
            ranking.Predict([0, 1, 0, 0, 0, 0, 0]).ShouldBeGreaterThan(ranking.Predict([0, 0, 0, 0, 0, 0, 0]));
        }

        Should.Throw<ArgumentException>(() => new ZeroCostAccuracy("magic", encoder));
    }

    public void Dispose() => folder.Dispose();

    private AccuracyProgram Program(DesignStore store, TimeSpan limit, string script) =>
        new(
            ["sh", "-c", script, "{design}"],
            limit,
            new DesignNetworks(space, folder.Path, false, TimeProvider.System),
            store,
            folder.Path,
            TimeProvider.System);
}
