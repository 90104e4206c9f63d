using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Devices;
using Attune.Kernels;
using Attune.Measuring.Kernels;
using Attune.Runtime;
using Attune.Tuning.Session;
using Attune.Tuning.Tests.Gate;

namespace Attune.Tuning.Tests.Session;

public sealed class PrecisionSessionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-precision-").FullName;
    private readonly Network network = SmallNetwork.Create();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_network_is_quantised_then_tuned_and_its_file_says_what_that_cost()
    {
        TuneOptions options = Options() with { Output = PathOf("i8.attune") };
        TuneSession session = Quantised(new PrecisionOptions(QuantisePrecision.Int8, SampleSet.Random(network, 10, 1)) { AllowedLoss = 0.5 }, options);
        QuantiseOutcome quantised = session.Quantisation.ShouldNotBeNull();
        quantised.Quantised.Layers.ShouldBe(3);
        session.Plan.Original.ShouldBeSameAs(quantised.Quantised.Network);
        session.Plan.Tasks.ShouldContain(task => task.Key.StartsWith("q", StringComparison.Ordinal) || task.Key.Contains("i8", StringComparison.Ordinal));
        TuneOutcome outcome = (await session.RunAsync()).OrThrow(error => new InvalidOperationException(error.Message));

        PrecisionSummary written = TunedModelFile.Load(options.Output!).OrThrow(error => new TunedModelException(error)).Precision.ShouldNotBeNull();
        (written with { FloatLayers = [] }).ShouldBe(outcome.Model.Precision! with { FloatLayers = [] });
        (written.Precision, written.Layers, written.Samples, written.AllowedLoss).ShouldBe(("i8", 3, 2, 0.5));
        written.RelativeError.ShouldBe(quantised.Cost.RelativeError);
        written.Loss.ShouldBe(quantised.Cost.Loss);
        written.Inputs.ShouldNotBeNull().Length.ShouldBe(64);
    }

    [Fact]
    public void Calibrating_again_gives_the_same_network()
    {
        TuneSession Again(int seed) => Quantised(new PrecisionOptions(QuantisePrecision.Int8, SampleSet.Random(network, 6, seed)), Options());
        TunedModel Model(TuneSession session) => new()
        {
            Network = session.Plan.Fused,
            Configurations = [],
            Device = "d",
            DeviceDescription = "d",
            Threads = 1,
            VectorLanes = 8,
            CreatedAt = DateTimeOffset.UnixEpoch,
            ProductVersion = "1",
        };
        byte[] Bytes(int seed)
        {
            TunedModelFile.Save(PathOf("model.attune"), Model(Again(seed)));
            return File.ReadAllBytes(PathOf("model.attune"));
        }

        byte[] first = Bytes(1);
        Bytes(1).ShouldBe(first);
        Bytes(2).ShouldNotBe(first);
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_choice_of_precisions_is_taken_over_from_the_file_of_an_earlier_tune_of_the_same()
    {
        TuneOptions options = Options() with { Output = PathOf("mixed.attune"), Trials = 3 };
        PrecisionOptions precision = new(QuantisePrecision.Mixed, SampleSet.Random(network, 10, 1)) { AllowedLoss = 0.9 };
        TuneSession first = Quantised(precision, options);
        first.Quantisation!.Mixed.ShouldNotBeNull().Layers.Select(layer => layer.Node).ShouldBe(["first", "depthwise", "pointwise"]);
        first.Quantisation.Cost.Loss.ShouldBeLessThanOrEqualTo(0.9);
        TuneOutcome outcome = (await first.RunAsync()).OrThrow(error => new InvalidOperationException(error.Message));
        outcome.Model.Precision!.FloatLayers.ShouldBe(first.Quantisation.FloatLayers);

        TuneSession again = Quantised(precision with { Samples = SampleSet.Random(network, 10, 1) }, options);
        again.Quantisation!.Mixed.ShouldBeNull("nothing is searched again");
        again.Quantisation.FloatLayers.ShouldBe(first.Quantisation.FloatLayers);
        again.Plan.Tasks.Select(task => task.Key).ShouldBe(first.Plan.Tasks.Select(task => task.Key));
        again.Quantisation.Cost.RelativeError.ShouldBe(first.Quantisation.Cost.RelativeError);

        // Other samples, another budget or another file are another choice.
        Quantised(precision with { Samples = SampleSet.Random(network, 10, 2) }, options).Quantisation!.Mixed.ShouldNotBeNull();
        Quantised(precision with { AllowedLoss = 0.8 }, options).Quantisation!.Mixed.ShouldNotBeNull();
        Quantised(precision, options with { Output = PathOf("other.attune") }).Quantisation!.Mixed.ShouldNotBeNull();
    }

    [Fact]
    public void What_cannot_be_quantised_is_told_and_options_that_contradict_are_refused()
    {
        PrecisionOptions precision = new(QuantisePrecision.Int8, SampleSet.Random(network, 5, 1));
        Should.Throw<ArgumentException>(() => TuneSession.Quantised(network, precision, Options() with { Weights = WeightFormat.F16 }));
        TuneSession session = Quantised(precision, Options());
        Result<TuneSession, QuantiseError> twice = TuneSession.Quantised(session.Plan.Original, precision, Options());
        twice.Succeeded.ShouldBeFalse();
        twice.Error!.Failure.ShouldBe(QuantiseFailure.Model);
        twice.Error.Message.ShouldContain("quantised already");
    }

    private TuneOptions Options() => new() { Trials = 6, Threads = 1, Tuner = "random", Records = PathOf("records.jsonl") };

    private TuneSession Quantised(PrecisionOptions precision, TuneOptions options)
    {
        TuneSession session = TuneSession.Quantised(network, precision, options).OrThrow(error => new InvalidOperationException(error.Message));
        session.StartMeasurer = () => new HereMeasurer(new KernelCandidateFactory(1 << 16), TimeProvider.System);
        return session;
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
