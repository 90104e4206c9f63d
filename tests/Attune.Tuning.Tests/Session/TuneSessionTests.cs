using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring;
using Attune.Measuring.Kernels;
using Attune.Measuring.Models;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Reference;
using Attune.Runtime;
using Attune.Tuning.AutoTvm.Logs;
using Attune.Tuning.Run;
using Attune.Tuning.Search;
using Attune.Tuning.Session;
using Attune.Tuning.Tests.AutoTvm.Logs;
using Attune.Tuning.Tests.Gate;
using Attune.Tuning.Transfer;

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
        TunedModelFile.Load(options.Output!).OrThrow(error => new TunedModelException(error)).Configurations.Select(each => each.Task).ShouldBe(
            outcome.Model.Configurations.Select(each => each.Task));

        JournalReader.Read(options.Records).Records.Length.ShouldBe(outcome.Recorded);
        outcome.Recorded.ShouldBeGreaterThanOrEqualTo(outcome.Report.Trials);
        heard.Events.OfType<TrialMeasured>().Count().ShouldBe(outcome.Report.Trials);
        heard.Events.FindIndex(each => each is TimeDivided).ShouldBeLessThan(heard.Events.FindIndex(each => each is TrialMeasured));
        heard.Events[^1].ShouldBeOfType<ComparisonAdvanced>();
    }

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_model_is_tuned_for_a_device_of_OpenCL_beside_the_processors()
    {
        TuneOptions options = Options() with { Trials = 4, Output = PathOf("both.attune") };
        (await Session(options).RunAsync()).Succeeded.ShouldBeTrue();
        DeviceProfile device = DeviceProfile.Find(DeviceName.OpenCl(0)).OrThrow(reason => new InvalidOperationException(reason));
        var session = new TuneSession(network, options with { Device = device })
        {
            StartMeasurer = () => new HereMeasurer(new KernelCandidateFactory(1 << 16, clock: null, device.Name), TimeProvider.System),
        };
        TuneOutcome outcome = (await session.RunAsync()).OrThrow(error => new InvalidOperationException(error.Message));
        (outcome.Model.DeviceKind, outcome.Model.Device, outcome.Model.VectorLanes).ShouldBe((TargetKind.OpenCl, device.Id, 1));
        outcome.Report.Trials.ShouldBe(4);

        // A pair that the model runs as one step has one algorithm, and no knob for it.
        outcome.Model.Configurations.ShouldAllBe(each => each.Knobs.GetValueOrDefault("algorithm", "gpu-pair").StartsWith("gpu-", StringComparison.Ordinal));
        ShouldBeRight(outcome.Model);

        // One file for both, and what it says of the processors is as it was.
        TunedModel both = TunedModelFile.Load(options.Output!).OrThrow(error => new TunedModelException(error));
        both.Targets.Select(target => target.DeviceKind).ShouldBe([TargetKind.Cpu, TargetKind.OpenCl]);
        using var here = CompiledModel.Load(options.Output!);
        here.Device.Name.ShouldBe(device.Name);
        using var processors = CompiledModel.Load(options.Output!, new ModelOptions { Device = DeviceName.Cpu });
        processors.Device.Kind.ShouldBe(TargetKind.Cpu);
        processors.Steps.ShouldContain(step => step.Source == ConfigurationSource.Tuned || step.Source == ConfigurationSource.Default);
        ShouldBeRight(both);

        // Records of one device are no trials of another.
        JournalReader.Read(options.Records).Records.Select(record => record.Device).Distinct().Count().ShouldBe(2);
    }

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_tune_for_a_device_begins_with_what_was_published_for_another()
    {
        string log = PathOf("published.log");
        await File.WriteAllTextAsync(log, Published.Line(
            "cuda -model=1080ti",
            "conv2d_nchw.cuda",
            "[[\"TENSOR\", [1, 32, 10, 10], \"float32\"], [\"TENSOR\", [32, 32, 3, 3], \"float32\"], [1, 1], [1, 1, 1, 1], [1, 1], \"float32\"]",
            0,
            "[\"tile_f\", \"sp\", [-1, 1, 8, 2]], [\"tile_y\", \"sp\", [-1, 1, 2, 1]], [\"tile_x\", \"sp\", [-1, 1, 5, 1]], [\"tile_rc\", \"sp\", [-1, 4]], "
                + "[\"tile_rx\", \"sp\", [-1, 3]], [\"tile_ry\", \"sp\", [-1, 1]], [\"auto_unroll_max_step\", \"ot\", 512], [\"unroll_explicit\", \"ot\", 1]"));
        DeviceProfile device = DeviceProfile.Find(DeviceName.OpenCl(0)).OrThrow(reason => new InvalidOperationException(reason));
        TuneOptions options = Options() with
        {
            Device = device,
            Trials = 4,
            Tuner = "dgp",
            WithoutFusions = [Fusions.DepthwisePointwise],
            Search = new SearcherOptions { History = TuningHistory.FromRecords(AutoTvmLogs.Read([log]).Records, device.Target) },
        };
        var session = new TuneSession(network, options)
        {
            StartMeasurer = () => new HereMeasurer(new KernelCandidateFactory(1 << 16, clock: null, device.Name), TimeProvider.System),
        };
        (await session.RunAsync()).OrThrow(error => new InvalidOperationException(error.Message));

        // The defaults of three layers come first; the heaviest layer's start is next, and it is right on this device.
        TuningRecord first = JournalReader.Read(options.Records).Records.Single(record => record.Sequence == 3);
        first.Task.ShouldStartWith("conv2d/1x32x10x10/32x3x3/");
        first.Outcome.ShouldBeOneOf(Outcome.Ok, Outcome.CutShort);
        (first.Knobs["algorithm"], first.Knobs["tile_f"], first.Knobs["tile_x"], first.Knobs["auto_unroll_max_step"]).ShouldBe(
            ("gpu-direct", "2x1x8x2", "2x1x5x1", "512"));
    }

    [NeedingFact(Need.OpenCl)]
    public async Task Narrow_weights_are_tuned_on_a_device()
    {
        DeviceProfile device = DeviceProfile.Find(DeviceName.OpenCl(0)).OrThrow(reason => new InvalidOperationException(reason));
        var session = new TuneSession(network, Options() with { Trials = 4, Device = device, Weights = WeightFormat.F16 })
        {
            StartMeasurer = () => new HereMeasurer(new KernelCandidateFactory(1 << 16, clock: null, device.Name), TimeProvider.System),
        };
        TuneOutcome outcome = (await session.RunAsync()).Value.ShouldNotBeNull();
        outcome.Model.Configurations.Select(configuration => configuration.Task).ShouldContain(task => task.EndsWith("/f16", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_that_is_gone_when_the_tune_begins_is_a_typed_error()
    {
        DeviceProfile gone = DeviceProfile.Cpu with
        {
            Name = DeviceName.OpenCl(4000),
            Target = new KernelTarget { Kind = TargetKind.OpenCl, Lanes = 1, Groups = new GroupLimits(256, 32 << 10, 32) },
        };
        TuneError? error = (await Session(Options() with { Device = gone }).RunAsync()).Error;
        error.ShouldBeOfType<DeviceFailed>().Message.ShouldContain("opencl:4000");
        error.Next.ShouldContain("same command again");
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
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
