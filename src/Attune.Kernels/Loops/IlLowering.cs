using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using Attune.Devices;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops;

/// <summary>
/// Compiles a loop program to machine code: IL in a <see cref="DynamicMethod"/>, which the JIT compiles at once with full optimisation. Register tiles
/// become locals; addresses become pointers that are hoisted to the loop that moves them and bumped by constants; constant displacements stay in the
/// instruction. Never takes the address of a vector local (it would leave the registers).
/// </summary>
internal sealed partial class IlLowering
{
    // The JIT gives up optimising a method beyond about 60,000 bytes of IL, 2,000 locals or 8,000 local references (jit/compiler.h, DEFAULT_MIN_OPTS_*),
    // and then a kernel runs many times slower; refuse instead.
    private const int MaxIlBytes = 58_000;
    private const int MaxReferences = 7_600;
    private const int MaxLocals = 900;

    private readonly ILGenerator il;
    private readonly LoopProgram program;
    private readonly VectorMethods vector;
    private readonly VectorInstructions instructions;
    private readonly LocalBuilder[] bases;
    private readonly Dictionary<LoopVariable, LocalBuilder> variables = [];
    private readonly List<LoopVariable> scope = [];
    private readonly Dictionary<string, LocalBuilder> pointers = [];
    private readonly Dictionary<(RegisterTile, long), LocalBuilder> registers = [];
    private readonly Dictionary<LoopVariable, int> identities = [];
    private readonly Dictionary<(Buffer Buffer, Index Offset), LocalBuilder> resolved = new(AccessScan.SameTerms);
    private int references;
    private int locals;

    private IlLowering(LoopProgram program, VectorInstructions instructions, ILGenerator il)
    {
        this.program = program;
        this.il = il;
        vector = VectorMethods.For(program.Lanes, instructions);
        this.instructions = instructions;
        bases = new LocalBuilder[program.Buffers.Length];
    }

    /// <summary>Compiles a program; the reason when it is too large for the JIT to optimise, or one for groups of lanes.</summary>
    [UnconditionalSuppressMessage(
        "AOT", "IL3050", Justification = "The public ways to a compiled model carry RequiresDynamicCode; between them and here nothing is public.")]
    public static Result<KernelEntry, string> Compile(LoopProgram program, VectorInstructions instructions)
    {
        if (!program.GroupMemory.IsEmpty || LaunchShape.Of(program) != LaunchShape.One)
        {
            return "The program is one for groups of lanes; a processor runs ranges of work units.";
        }

        if (ProductScan.HasTiles(program))
        {
            return "The program multiplies matrix tiles, for which the JIT has no instructions.";
        }

        LoopProgram flat = LoopPasses.Run(program);
        unsafe
        {
            var method = new DynamicMethod(
                program.Name, typeof(void), [typeof(float**), typeof(nint), typeof(nint)], typeof(IlLowering).Module, skipVisibility: true);
            var lowering = new IlLowering(flat, instructions, method.GetILGenerator(16 * 1024));
            return lowering.Emit() is { } refusal ? refusal : method.CreateDelegate<KernelEntry>();
        }
    }

    private string? Emit()
    {
        foreach (Buffer buffer in program.Buffers)
        {
            bases[buffer.Position] = Declare(typeof(nint));
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, buffer.Position * sizeof(long));
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, bases[buffer.Position]);
        }

        Argument(program.Begin, OpCodes.Ldarg_1);
        Argument(program.End, OpCodes.Ldarg_2);
        Block(program.Body);
        il.Emit(OpCodes.Ret);
        return (il.ILOffset > MaxIlBytes, references > MaxReferences, locals > MaxLocals) switch
        {
            (true, _, _) => $"The kernel needs {il.ILOffset} bytes of IL; the JIT optimises at most {MaxIlBytes}.",
            (_, true, _) => $"The kernel refers to locals {references} times; the JIT optimises at most {MaxReferences}.",
            (_, _, true) => $"The kernel needs {locals} locals; the JIT optimises at most {MaxLocals}.",
            _ => null,
        };
    }

    private void Argument(LoopVariable variable, OpCode load)
    {
        variables[variable] = Declare(typeof(nint));
        il.Emit(load);
        il.Emit(OpCodes.Stloc, variables[variable]);
    }

    private void Block(ImmutableArray<Statement> body)
    {
        int depth = scope.Count;
        for (int i = 0; i < body.Length; i++)
        {
            switch (body[i])
            {
                case Loop loop:
                    EmitLoop(loop);
                    break;
                case Let let:
                    EmitLet(let, body.AsSpan()[(i + 1)..]);
                    break;
                case Assign assign:
                    Push(assign.Value);
                    StoreLocal(Register(assign.Tile, assign.Subscripts));
                    break;
                case Store store:
                    EmitStore(store);
                    break;
                case StoreFirst store:
                    EmitStoreFirst(store);
                    break;
                case Prefetch prefetch:
                    EmitPrefetch(prefetch);
                    break;
                case When branch:
                    EmitBranch(branch);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown statement {body[i].GetType().Name}.");
            }
        }

        scope.RemoveRange(depth, scope.Count - depth);
    }

    private void EmitLoop(Loop loop)
    {
        LocalBuilder counter = Declare(typeof(nint));
        LocalBuilder limit = Declare(typeof(nint));
        PushIndex(loop.Begin);
        il.Emit(OpCodes.Stloc, counter);
        PushIndex(loop.End);
        il.Emit(OpCodes.Stloc, limit);
        variables[loop.Variable] = counter;
        scope.Add(loop.Variable);
        Dictionary<string, (LocalBuilder Pointer, long Bytes)> moved = Introduce(loop.Variable, loop.Body.AsSpan());

        Label body = il.DefineLabel();
        Label check = il.DefineLabel();
        bool runs = loop.Begin.IsConstant && loop.End.IsConstant && loop.Begin.Constant < loop.End.Constant;
        if (!runs)
        {
            il.Emit(OpCodes.Br, check);
        }

        il.MarkLabel(body);
        Block(loop.Body);
        foreach ((LocalBuilder pointer, long bytes) in moved.Values)
        {
            LoadLocal(pointer);
            il.Emit(OpCodes.Ldc_I8, bytes * loop.Step);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            StoreLocal(pointer);
        }

        LoadLocal(counter);
        il.Emit(OpCodes.Ldc_I8, loop.Step);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        StoreLocal(counter);
        il.MarkLabel(check);
        LoadLocal(counter);
        LoadLocal(limit);
        il.Emit(OpCodes.Blt, body);
        Retire(moved);
        scope.RemoveAt(scope.Count - 1);
    }

    private void EmitLet(Let let, ReadOnlySpan<Statement> rest)
    {
        LocalBuilder local = Declare(typeof(nint));
        PushIndex(let.Left);
        PushIndex(let.Right);
        switch (let.Operation)
        {
            case IndexOperation.Divide:
                il.Emit(OpCodes.Div);
                break;
            case IndexOperation.Remainder:
                il.Emit(OpCodes.Rem);
                break;
            default:
                string name = let.Operation == IndexOperation.Minimum ? nameof(Math.Min) : nameof(Math.Max);
                il.Emit(OpCodes.Call, typeof(Math).GetMethod(name, [typeof(nint), typeof(nint)])!);
                break;
        }

        il.Emit(OpCodes.Stloc, local);
        variables[let.Variable] = local;
        scope.Add(let.Variable);
        Introduce(let.Variable, rest);
    }

    private void EmitBranch(When branch)
    {
        Label otherwise = il.DefineLabel();
        Label end = il.DefineLabel();
        if (branch.Comparison == Comparison.Equal)
        {
            PushIndex(branch.Left - branch.Right);
            il.Emit(OpCodes.Brtrue, otherwise);
        }
        else
        {
            PushIndex(branch.Left);
            PushIndex(branch.Right);
            il.Emit(OpCodes.Bge, otherwise);
        }

        Block(branch.Then);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(otherwise);
        Block(branch.Otherwise);
        il.MarkLabel(end);
    }

    private void EmitPrefetch(Prefetch prefetch)
    {
        if (instructions.HasFlag(VectorInstructions.Prefetch))
        {
            PushAddress(prefetch.Buffer, prefetch.Offset);
            il.Emit(OpCodes.Call, typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!);
        }
    }

    private LocalBuilder Register(RegisterTile tile, ImmutableArray<Index> subscripts)
    {
        long element = 0;
        for (int i = 0; i < subscripts.Length; i++)
        {
            element = subscripts[i].IsConstant
                ? (element * tile.Extents[i]) + subscripts[i].Constant
                : throw new InvalidOperationException($"Subscript {subscripts[i]} of register tile '{tile}' is not constant.");
        }

        if (!registers.TryGetValue((tile, element), out LocalBuilder? local))
        {
            local = Declare(tile.Element == DataType.Int32 ? vector.Integers.Vector : vector.Floats.Vector);
            registers[(tile, element)] = local;
        }

        return local;
    }

    private LocalBuilder Declare(Type type)
    {
        locals++;
        return il.DeclareLocal(type);
    }

    private void LoadLocal(LocalBuilder local)
    {
        references++;
        il.Emit(OpCodes.Ldloc, local);
    }

    private void StoreLocal(LocalBuilder local)
    {
        references++;
        il.Emit(OpCodes.Stloc, local);
    }
}
