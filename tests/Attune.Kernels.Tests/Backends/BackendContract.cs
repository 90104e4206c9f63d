using System.Runtime.InteropServices;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Backends;

/// <summary>What every back end keeps: memory holds what is written, kernels compute, launches take their turns and say how long they took.</summary>
public abstract class BackendContract
{
    private const int Count = 1000;
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);

    [Fact]
    public void Memory_holds_what_is_written()
    {
        using IBackend backend = Open();
        using IDeviceMemory memory = backend.Allocate(4096);
        memory.Bytes.ShouldBe(4096);
        byte[] bytes = new byte[4096];
        new Random(1).NextBytes(bytes);
        memory.Write(0, bytes);
        memory.Write(100, bytes.AsSpan(0, 50));
        bytes.AsSpan(0, 50).ToArray().CopyTo(bytes, 100);
        byte[] back = new byte[4096];
        memory.Read(0, back);
        back.ShouldBe(bytes);
        byte[] some = new byte[7];
        memory.Read(93, some);
        some.ShouldBe(bytes[93..100]);
    }

    [Fact]
    public void A_timeline_has_a_time_for_every_mark_and_begins_anew_when_they_are_taken()
    {
        using IBackend backend = Open();
        using ITimeline timeline = backend.CreateTimeline();
        using IDeviceMemory from = backend.Allocate(64);
        using IDeviceMemory to = backend.Allocate(64);
        for (int i = 0; i < 3; i++)
        {
            timeline.Mark();
            to.Copy(0, from, 0, 64);
        }

        double[] times = timeline.Take();
        times.Length.ShouldBe(3);
        times[0].ShouldBe(0);
        times.ShouldBe(times.Order());
        timeline.Take().ShouldBeEmpty();
        timeline.Mark();
        timeline.Take().ShouldBe([0]);
    }

    [Fact]
    public void A_back_end_that_is_disposed_of_twice_is_disposed_of_once()
    {
        IBackend backend = Open();
        backend.Allocate(64).Dispose();
        backend.Dispose();
        backend.Dispose();
        using IBackend next = Open();
        next.Allocate(64).Dispose();
    }

    [Fact]
    public void The_device_has_a_name_for_users_and_one_for_records()
    {
        using IBackend backend = Open();
        backend.Device.ShouldBe(backend.Profile.Name);
        backend.Profile.Id.ShouldMatch("^[A-Za-z0-9._-]+$");
        backend.Profile.Description.ShouldNotBeEmpty();
        backend.Target.ShouldBe(backend.Profile.Target);
    }

    [Fact]
    public void Memory_is_copied_on_the_device()
    {
        using IBackend backend = Open();
        using IDeviceMemory from = backend.Allocate(64);
        using IDeviceMemory to = backend.Allocate(64);
        byte[] bytes = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        from.Write(0, bytes);
        to.Write(0, new byte[64]);
        to.Copy(8, from, 16, 24);
        byte[] back = new byte[64];
        to.Read(0, back);
        back.ShouldBe([.. new byte[8], .. bytes[16..40], .. new byte[32]]);
    }

    [Theory]
    [InlineData(0, 65)]
    [InlineData(64, 1)]
    [InlineData(-1, 1)]
    public void What_is_not_inside_is_refused(long offset, int length)
    {
        using IBackend backend = Open();
        using IDeviceMemory memory = backend.Allocate(64);
        using IDeviceMemory other = backend.Allocate(128);
        Should.Throw<ArgumentOutOfRangeException>(() => memory.Write(offset, new byte[length]));
        Should.Throw<ArgumentOutOfRangeException>(() => memory.Read(offset, new byte[length]));
        Should.Throw<ArgumentOutOfRangeException>(() => memory.Copy(offset, other, 0, length));
        Should.Throw<ArgumentOutOfRangeException>(() => other.Copy(0, memory, offset, length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_kernel_runs_on_the_memory_of_each_turn(int threads)
    {
        using IBackend backend = Open();
        using IDeviceKernel kernel = backend.Compile(Doubling(Count)).OrThrow(refusal => new InvalidOperationException(refusal));
        using IDeviceMemory x = backend.Allocate(2 * Count * sizeof(float));
        using IDeviceMemory y = backend.Allocate(2 * Count * sizeof(float));
        float[] numbers = [.. Enumerable.Range(0, 2 * Count).Select(i => i + 0.5f)];
        x.Write(0, MemoryMarshal.AsBytes<float>(numbers));
        y.Write(0, new byte[2 * Count * sizeof(float)]);
        DeviceRegion[] scratch = new DeviceRegion[threads];
        const int Half = Count * sizeof(float);
        using ILaunch launch = backend.Prepare(
            kernel, [new([new(x, 0), new(y, 0)], default, [.. scratch]), new([new(x, Half), new(y, Half)], default, [.. scratch])], threads);

        launch.Run(1).ShouldBeGreaterThanOrEqualTo(0);
        Read(y).ShouldBe([.. numbers.Take(Count).Select(number => 2 * number), .. new float[Count]]);
        launch.Run(1);
        Read(y).ShouldBe(numbers.Select(number => 2 * number));
        launch.Run(5).ShouldBeGreaterThan(0);
    }

    /// <summary>Opens the device.</summary>
    private protected abstract IBackend Open();

    /// <summary>A kernel that doubles numbers.</summary>
    private protected abstract KernelSource Doubling(int count);

    /// <summary>The program of a processor: vectors, as units of work.</summary>
    private protected static KernelSource DoublingVectors(int count, int lanes)
    {
        var (begin, end, unit) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
        Statement store = new Store(Y, (Index)unit * lanes, new Binary(BinaryOperation.Multiply, new Constant(2), new Load(X, (Index)unit * lanes)));
        return KernelSource.Of(
            (new LoopProgram("double", lanes, [X, Y], begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, [store])]), count / lanes));
    }

    private static float[] Read(IDeviceMemory memory)
    {
        float[] numbers = new float[memory.Bytes / sizeof(float)];
        memory.Read(0, MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }
}
