using Attune.Devices;
using Attune.Kernels;
using Attune.Measuring;
using Attune.Measuring.Kernels;
using Attune.Measuring.Models;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Reference;
using Attune.Runtime;
using Attune.Tuning.Run;
using Attune.Tuning.Session;
using Attune.Tuning.Tests.Gate;

namespace Attune.Tuning.Tests.Session;

public sealed class TuneSessionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-session-").FullName;
    private readonly Network network = SmallNetwork.Create();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_program_gets_a_tuned_model_that_is_right_its_file_and_its_records()
    {
        var heard = new Heard();
        TuneOptions options = Options() with { Output = PathOf("small.attune"), Source = PathOf("small.onnx") };
        Result<TuneOutcome, TuneError> result = await Session(options).RunAsync(heard);

        result.Succeeded.ShouldBeTrue();
        TuneOutcome outcome = result.Value;
        outcome.IsInterrupted.ShouldBeFalse();
        outcome.Model.Configurations.Select(configuration => configuration.Task).ShouldBeSubsetOf(outcome.Report.Tasks.Select(task => task.Task.Key));
        outcome.Model.Source.ShouldBe("small.onnx");
        outcome.Phases.Select(phase => phase.Name).Distinct().ShouldBe(["prepare", "search", "choose", "verify", "compare", "write"]);
        outcome.BeforeMs.ShouldNotBeNull().ShouldBeGreaterThan(0);
        outcome.AfterMs.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(outcome.BeforeMs.Value);
        ShouldBeRight(outcome.Model);
        TunedModelFile.Load(options.Output!).OrThrow().Configurations.Select(each => each.Task).ShouldBe(
            outcome.Model.Configurations.Select(each => each.Task));

        JournalReader.Read(options.Records).Records.Length.ShouldBe(outcome.Recorded);
        outcome.Recorded.ShouldBeGreaterThanOrEqualTo(outcome.Report.Trials);
        heard.Events.OfType<TrialMeasured>().Count().ShouldBe(outcome.Report.Trials);
        heard.Events.FindIndex(each => each is TimeDivided).ShouldBeLessThan(heard.Events.FindIndex(each => each is TrialMeasured));
        heard.Events[^1].ShouldBeOfType<ComparisonAdvanced>();
    }

    [Fact]
    public async Task The_same_tune_again_goes_on_from_the_records()
    {
        int first = (await Session(Options()).RunAsync()).Value!.Report.Trials;
        TuningReport again = (await Session(Options() with { Trials = first + 2 }).RunAsync()).Value!.Report;
        again.Replayed.ShouldBe(first);
        again.Trials.ShouldBe(first + 2);
    }

    [Fact]
    public async Task Cancelled_it_still_gives_what_it_found()
    {
        using var cancel = new CancellationTokenSource();
        var heard = new Heard
        {
            On = each =>
            {
                if (each is TrialMeasured { TotalTrials: 5 })
                {
                    cancel.Cancel();
                }
            },
        };
        Result<TuneOutcome, TuneError> result = await Session(Options() with { Trials = 1000 }).RunAsync(heard, cancel.Token);
        result.Succeeded.ShouldBeTrue();
        result.Value.IsInterrupted.ShouldBeTrue();
        result.Value.Report.Trials.ShouldBe(5);
        ShouldBeRight(result.Value.Model);

        // Five trials may find nothing better than the defaults; then there is nothing to compare.
        ComparingStarted[] comparisons = [.. heard.Events.OfType<ComparingStarted>()];
        comparisons.ShouldAllBe(each => each.IsCancelled && !each.IsAlone);
        (result.Value.BeforeMs is not null).ShouldBe(comparisons.Length > 0);
    }

    [Fact]
    public async Task Without_a_kernel_that_works_there_is_no_model()
    {
        var session = new TuneSession(
            network, Options() with { Output = PathOf("none.attune") }, new ManualClock())
        { StartMeasurer = () => new BrokenMeasurer() };
        Result<TuneOutcome, TuneError> result = await session.RunAsync();
        result.Succeeded.ShouldBeFalse();
        CandidatesFailed error = result.Error.ShouldBeOfType<CandidatesFailed>();
        error.Report.FirstFailure.ShouldBe("no memory");
        error.Message.ShouldContain("crash");
        File.Exists(PathOf("none.attune")).ShouldBeFalse();
    }

    [Fact]
    public async Task Weights_that_no_layer_can_have_are_told_before_anything_is_measured()
    {
        var options = new TuneOptions { Trials = 1, Threads = 1, Records = PathOf("r.jsonl"), Weights = WeightFormat.I8 };
        var builder = new Graph.Building.NetworkBuilder("plain");
        builder.Output(builder.Add("Relu", "y", [builder.Input("x", 1, 4)]));
        var session = new TuneSession(builder.Build(), options);
        session.Plan.Error.ShouldBeOfType<FormatUnused>().Message.ShouldContain("i8");
        (await session.RunAsync()).Error.ShouldBe(session.Plan.Error);
        File.Exists(options.Records).ShouldBeFalse();
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Refused(Options() with { Trials = null, Budget = null }).ShouldContain("neither a time budget nor a number of trials");
        Refused(Options() with { Threads = Environment.ProcessorCount + 1 }).ShouldContain("threads");
        Refused(Options() with { Tuner = "chameleom" }).ShouldContain("'chameleon'");
        Refused(Options() with { WithoutFusions = ["residul"] }).ShouldContain("'residul'");
        Refused(Options() with { CandidateLimit = TimeSpan.Zero }).ShouldContain("CandidateLimit");

        string Refused(TuneOptions options) => Should.Throw<ArgumentException>(() => new TuneSession(network, options)).Message;
    }

    [Fact]
    public void The_budget_counts_from_where_the_caller_began()
    {
        var clock = new ManualClock();
        long started = clock.GetTimestamp();
        clock.Advance(TimeSpan.FromSeconds(3));
        var session = new TuneSession(network, Options() with { Budget = TimeSpan.FromSeconds(10) }, clock, started);
        session.TimeLeft.ShouldBe(TimeSpan.FromSeconds(7));
        new TuneSession(network, Options(), clock).TimeLeft.ShouldBeNull();
    }

    private TuneOptions Options() => new() { Trials = 10, Threads = 1, Tuner = "random", Records = PathOf("records.jsonl") };

    private TuneSession Session(TuneOptions options) =>
        new(network, options) { StartMeasurer = () => new HereMeasurer(new KernelCandidateFactory(1 << 16), TimeProvider.System) };

    private string PathOf(string name) => Path.Combine(folder, name);

    private void ShouldBeRight(TunedModel tuned)
    {
        using var model = CompiledModel.Compile(tuned, new ModelOptions { Threads = 1 });
        Dictionary<string, Tensor> inputs = RandomInputs.For(network.Inputs, 11);
        string output = network.Outputs[0].Name;
        OutputError.Of(
            output,
            model.Run(inputs)[output],
            ReferenceExecutor.Run(network, inputs)[output]).MaxRelError.ShouldBeLessThan(ModelTolerance.Of(WeightFormat.F32));
    }

    private sealed class BrokenMeasurer : IMeasurer
    {
        public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation) =>
            Task.FromResult(MeasureResult.Failed(Outcome.Crash, "no memory"));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
