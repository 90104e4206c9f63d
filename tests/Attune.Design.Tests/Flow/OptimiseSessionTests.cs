using System.Collections.Immutable;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Objectives;
using Attune.Design.Proxies;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Tests.Spaces;
using Attune.Devices;
using Attune.Graph;
using Attune.Tuning.Session;

namespace Attune.Design.Tests.Flow;

/// <summary>What a program does that searches a family for its best member.</summary>
public sealed class OptimiseSessionTests : IDisposable
{
    private static readonly LocalDevice Local = new(1, 8, 1, Tuned: false);
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read(SpaceText.Tiny);
    private readonly DesignWorkspace workspace;

    public OptimiseSessionTests() =>
        workspace = DesignWorkspace.Open(space, new DesignWorkspaceOptions { Store = folder.File("s.jsonl"), Records = folder.File("records.jsonl") });

    public void Dispose()
    {
        workspace.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task The_answer_keeps_the_budget_and_is_written_with_the_front_around_it()
    {
        SyntheticDevice device = Device("phone");
        double budget = space.Enumerate()!.Value.Select(device.Ms).Average();
        var heard = new Heard();
        OptimiseResult result = (await Session(device, budget, includeFront: true).RunAsync(heard)).Value.ShouldNotBeNull();
        result.Best.Ms.ShouldBeLessThanOrEqualTo(budget);
        result.Front.ShouldNotBeNull().Front.ShouldNotBeEmpty();
        (result.Tuned, result.Outcome).ShouldBe((null, null));
        OnnxReader.Read(folder.File("best.onnx")).Succeeded.ShouldBeTrue();
        heard.Events.OfType<DesignMeasured>().ShouldNotBeEmpty();
        heard.Events.OfType<FrontMeasured>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_budget_that_nothing_keeps_is_an_error_that_knows_the_fastest()
    {
        SyntheticDevice device = Device("phone");
        NoDesignFits none = (await Session(device, 1e-3).RunAsync()).Error.ShouldBeOfType<NoDesignFits>();
        none.Answer.Fastest.ShouldNotBeNull().Ms.ShouldBeGreaterThan(1e-3);
        File.Exists(folder.File("best.onnx")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_tuning_the_answer_needs_is_given_by_the_session()
    {
        SyntheticDevice device = Device("phone");
        var heard = new Heard();
        using var cancel = new CancellationTokenSource();
        heard.On = happened =>
        {
            if (happened is AnswerTuneStarted)
            {
                cancel.Cancel();
            }
        };
        var tune = new TuneOptions { Trials = 1, Worker = (_, _) => throw new InvalidOperationException("no candidate is measured after the cancellation") };
        await Should.ThrowAsync<InvalidOperationException>(() => Session(device, 1e6, tune: tune).RunAsync(heard, cancel.Token));
        TuneOptions used = heard.Events.OfType<AnswerTuneStarted>().ShouldHaveSingleItem().Session.Plan.Options;
        used.Output.ShouldBe(folder.File("best.attune"));
        used.Source.ShouldBe(folder.File("best.onnx"));
        used.Records.ShouldBe(folder.File("records.jsonl"));
        used.Threads.ShouldBe(1);
    }

    [Fact]
    public async Task A_neural_search_without_a_second_device_is_an_error()
    {
        SyntheticDevice device = Device("phone");
        var question = new OptimiseQuestion { BudgetMs = 1e6, Candidates = 3, Neural = new NeuralEffort(120, 150, 32, 16, 2) };
        (await Session(device, question).RunAsync()).Error.ShouldBeOfType<OptimiserUntrainable>().Message.ShouldContain("no other device");
    }

    [Fact]
    public async Task A_device_that_orders_designs_as_the_target_does_is_accepted()
    {
        (SyntheticDevice target, SyntheticDevice like, SyntheticDevice unlike) =
            (Device("phone"), new(workspace.Session.Networks, SyntheticDevice.Key("tablet"), 2.1, 6.2), new(
                workspace.Session.Networks, SyntheticDevice.Key("server"), 400, 0.4, depthwise: 30));
        ImmutableArray<SpacePoint> points = await workspace.Session.SampleAsync(40, 1, workspace.Session.EncoderOf(target.Device), CancellationToken.None);
        foreach (SyntheticDevice device in new[] { target, like, unlike })
        {
            await workspace.Session.MeasureAsync(device, points, withUnits: false, null, CancellationToken.None);
        }

        ProxyDecision decision = await new ProxyAssessment(workspace.Session).RunAsync(target.Device, points, null, CancellationToken.None);
        decision.Samples.ShouldBe(40);
        decision.Proxies.Length.ShouldBe(2);
        decision.Best.ShouldNotBeNull().Proxy.ShouldBe(like.Device.ToString());
        decision.Best.Overall.Estimate.ShouldBeGreaterThan(0.99);
    }

    [Fact]
    public void Only_devices_of_the_store_are_known()
    {
        workspace.Known(Device("phone").Device.ToString()).ShouldBeNull();
        workspace.Known("no key").ShouldBeNull();
    }

    [Fact]
    public async Task Tuned_kernels_without_records_are_an_error() =>
        (await workspace.MeasurerAsync(Local with { Tuned = true }, CancellationToken.None)).Error.ShouldBeOfType<KernelsUntuned>().Records
            .ShouldBe(folder.File("records.jsonl"));

    [Fact]
    public void Values_come_from_a_table_or_are_learned_from_it()
    {
        SpacePoint[] designs = [.. space.Enumerate()!.Value.Take(LearnedAccuracy.MinLabels)];
        WriteTable(designs);
        var sources = new ValueSources(workspace);
        sources.Table(folder.File("t.csv")).Value.ShouldNotBeNull().Model.Pool.ShouldNotBeNull().Length.ShouldBe(designs.Length);
        ValueSource learned = sources.LearnedFrom(folder.File("t.csv")).Value.ShouldNotBeNull();
        learned.Model.Pool.ShouldBeNull();
        learned.Warnings.ShouldHaveSingleItem().ShouldContain("weak predictor");

        WriteTable(designs[..^1]);
        ErrorOf(sources.LearnedFrom(folder.File("t.csv"))).ShouldBe(AccuracyFailure.TooFewLabels);
        File.WriteAllText(folder.File("t.csv"), "nothing of use\n");
        ErrorOf(sources.Table(folder.File("t.csv"))).ShouldBe(AccuracyFailure.MalformedTable);
        ErrorOf(sources.LearnedFrom(folder.File("t.csv"))).ShouldBe(AccuracyFailure.MalformedTable);
    }

    [Fact]
    public async Task A_program_that_tells_too_little_is_an_error_with_its_first_failure()
    {
        var asked = new List<(int, int, int)>();
        Result<ValueSource, DesignError> source = await new ValueSources(workspace).FromProgramAsync(
            ["/bin/false", "{design}"], TimeSpan.FromSeconds(20), 3, Device("phone").Device, 1, (done, all, without) => asked.Add((done, all, without)),
            CancellationToken.None);
        ErrorOf(source).ShouldBe(AccuracyFailure.ProgramFailed);
        source.Error!.Message.ShouldContain("0 of 3");
        asked.ShouldBe([(1, 3, 1), (2, 3, 2), (3, 3, 3)]);
    }

    private static AccuracyFailure ErrorOf(Result<ValueSource, DesignError> source) => source.Error.ShouldBeOfType<AccuracyUnusable>().Kind;

    private void WriteTable(IEnumerable<SpacePoint> designs) => File.WriteAllLines(
        folder.File("t.csv"),
        [$"{string.Join(',', space.Genes.Select(gene => gene.Id))},accuracy", .. designs.Select(
            (design, i) => $"{string.Join(',', space.Genes.Select(gene => space.Describe(design)[gene.Id]))},{50 + i}")]);

    private SyntheticDevice Device(string name) => new(workspace.Session.Networks, SyntheticDevice.Key(name), 2, 6);

    private OptimiseSession Session(SyntheticDevice device, double budgetMs, bool includeFront = false, TuneOptions? tune = null) =>
        Session(device, new OptimiseQuestion { BudgetMs = budgetMs, Candidates = 6 }, includeFront, tune);

    private OptimiseSession Session(SyntheticDevice device, OptimiseQuestion question, bool includeFront = false, TuneOptions? tune = null) => new(
        workspace,
        device,
        Local,
        ValueModel.Of(new ZeroCostAccuracy("capacity", workspace.Session.EncoderOf(device.Device))),
        new OptimiseOptions
        {
            Question = question,
            Evolution = new EvolutionOptions
            {
                Population = 40,
                Generations = 10,
            },
            IncludeFront = includeFront,
            Output = folder.File("best.onnx"),
            Tune = tune
        });

    private sealed class Heard : IProgress<TuneEvent>
    {
        public List<TuneEvent> Events { get; } = [];

        public Action<TuneEvent>? On { get; set; }

        public void Report(TuneEvent value)
        {
            Events.Add(value);
            On?.Invoke(value);
        }
    }
}
