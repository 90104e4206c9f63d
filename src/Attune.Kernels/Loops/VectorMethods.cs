using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops;

/// <summary>
/// The methods of Vector128, Vector256 or Vector512 that loop programs compile to. The JIT turns each call into one instruction (or folds it into
/// the addressing mode of another), for any instruction set that offers the width.
/// </summary>
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Serves the code generator alone, and whatever leads there requires dynamic code.")]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The methods of vectors ask nothing of their type parameter.")]
internal sealed class VectorMethods
{
    private static readonly ConcurrentDictionary<(int Lanes, VectorInstructions Instructions), VectorMethods> Known = new();
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    private readonly Type operations;
    private readonly VectorInstructions widening;
    private readonly MethodInfo halves;
    private readonly MethodInfo bytes;

    // Found when first asked for, as integers are.
    private MethodInfo? unsigned;
    private MethodInfo? brains;
    private MethodInfo? round;
    private readonly MethodInfo sumOfLanes;
    private readonly MethodInfo maximumOfLanes;
    private readonly VectorInstructions instructions;
    private readonly MethodInfo squareRoot;
    private readonly MethodInfo absolute;
    private readonly MethodInfo negate;

    private VectorMethods(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type operations,
        VectorInstructions instructions,
        VectorInstructions widening)
    {
        this.operations = operations;
        this.instructions = instructions;
        this.widening = widening;
        Floats = new VectorArithmetic(operations, typeof(float));
        Type vector = Floats.Vector;
        halves = Widening("Halves");
        bytes = Widening("Bytes");


        // Where no instruction fuses the two (x64 without AVX2), the exact result costs a library call for every lane; the rounding between them does not
        // matter.
        MultiplyAdd = operations.GetMethod(
            instructions.HasFlag(VectorInstructions.FusedMultiplyAdd) ? "FusedMultiplyAdd" : "MultiplyAddEstimate", [vector, vector, vector])!;
        First = VectorArithmetic.Find(operations, typeof(float), "ToScalar", 1);
        sumOfLanes = Own("Sum", vector);
        maximumOfLanes = Own("Maximum", vector);
        KeepFirst = Own("KeepFirst", vector);
        StoreFirst = Own("StoreFirst", vector);
        AsIntegers = VectorArithmetic.Find(operations, typeof(float), "AsInt32", 1);
        ShiftLeft = operations.GetMethod("ShiftLeft", [AsIntegers.ReturnType, typeof(int)])!;
        AsFloats = VectorArithmetic.Find(operations, typeof(int), "AsSingle", 1);
        squareRoot = VectorArithmetic.Find(operations, typeof(float), "Sqrt", 1);
        absolute = VectorArithmetic.Find(operations, typeof(float), "Abs", 1);
        negate = VectorArithmetic.Find(operations, typeof(float), "Negate", 1);
    }

    public VectorArithmetic Floats { get; }

    /// <summary>Found when first asked for: most programs have no integers, and finding methods is time of loading a model.</summary>
    public VectorArithmetic Integers => field ??= new VectorArithmetic(operations, typeof(int));

    public MethodInfo MultiplyAdd { get; }

    public MethodInfo First { get; }

    public MethodInfo KeepFirst { get; }

    public MethodInfo StoreFirst { get; }

    public MethodInfo AsIntegers { get; }

    public MethodInfo ShiftLeft { get; }

    public MethodInfo AsFloats { get; }

    /// <summary>Products of four neighbours: with the instruction for it, with those for pairs, or in portable operations.</summary>
    public MethodInfo DotProduct => field ??= typeof(ByteProducts).GetMethod(
        instructions.HasFlag(VectorInstructions.DotProduct256) && operations != typeof(Vector512) ? "Four"
            : instructions.HasFlag(widening) ? "Pairs" : "Portable",
        [Integers.Vector, Integers.Vector, Integers.Vector])!;

    /// <summary>Products of two neighbouring brain floats.</summary>
    public MethodInfo PairProduct => field ??= typeof(BrainFloatProducts).GetMethod(
        instructions.HasFlag(VectorInstructions.FusedMultiplyAdd) ? "Fused" : "Estimated", [Integers.Vector, Integers.Vector, Floats.Vector])!;

    public MethodInfo ToFloats => operations.GetMethod("ConvertToSingle", [Integers.Vector])!;

    public MethodInfo ToIntegers => operations.GetMethod("ConvertToInt32", [Floats.Vector])!;

    public static VectorMethods For(int lanes, VectorInstructions instructions) => Known.GetOrAdd((lanes, instructions), _ => lanes switch
    {
        4 => new VectorMethods(typeof(Vector128), instructions, VectorInstructions.Widen128),
        8 => new VectorMethods(typeof(Vector256), instructions, VectorInstructions.Widen256),
        16 => new VectorMethods(typeof(Vector512), instructions, VectorInstructions.Widen512),
        _ => throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "Vectors have 4, 8 or 16 floats."),
    });

    /// <summary>Loads a vector of elements as floats.</summary>
    public MethodInfo Load(DataType element) => element switch
    {
        DataType.Float16 => halves,
        DataType.Int8 => bytes,
        DataType.UInt8 => unsigned ??= Widening("Unsigned"),
        DataType.BFloat16 => brains ??= typeof(BrainFloats).GetMethod($"Load{operations.Name[^3..]}")!,
        _ => Floats.Load,
    };

    /// <summary>Stores integers as bytes, or floats as brain floats.</summary>
    public MethodInfo Narrow(DataType element) => NarrowingOf(element, string.Empty, 2);

    /// <summary>Stores the first lanes of a vector as bytes or brain floats.</summary>
    public MethodInfo NarrowFirst(DataType element) => NarrowingOf(element, "First", 3);

    public MethodInfo Of(UnaryOperation operation) => operation switch
    {
        UnaryOperation.Negate => negate,
        UnaryOperation.Absolute => absolute,
        UnaryOperation.SquareRoot => squareRoot,
        UnaryOperation.RoundToEven => round ??= operations.GetMethod("Round", [Floats.Vector])!,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Functions are expanded before they are lowered."),
    };

    public MethodInfo Of(ReductionOperation operation) => operation switch
    {
        ReductionOperation.Add => sumOfLanes,
        ReductionOperation.Maximum => maximumOfLanes,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private MethodInfo Widening(string elements) =>
        typeof(WideningLoads).GetMethod($"{elements}{operations.Name[^3..]}{(instructions.HasFlag(widening) ? string.Empty : "Portable")}")!;

    private MethodInfo NarrowingOf(DataType element, string suffix, int parameters) => element == DataType.BFloat16
        ? typeof(BrainFloats).GetMethod($"Store{suffix}", [Floats.Vector, typeof(ushort*), .. parameters == 3 ? new[] { typeof(int) } : []])!
        : Array.Find(
            typeof(NarrowingStores).GetMethods(BindingFlags.Public | BindingFlags.Static),
            method => method.Name == (element == DataType.UInt8 ? "Unsigned" : "Signed") + suffix && method.GetParameters().Length == parameters
                && method.GetParameters()[0].ParameterType == Integers.Vector)
        ?? throw new MissingMethodException(nameof(NarrowingStores), element.ToString());

    private static MethodInfo Own(string name, Type vector) =>
        Array.Find(
            typeof(LaneMethods).GetMethods(BindingFlags.Public | BindingFlags.Static),
            method => method.Name == name && method.GetParameters()[0].ParameterType == vector)
        ?? throw new MissingMethodException(nameof(LaneMethods), name);
}
