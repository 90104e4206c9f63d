using System.Reflection.Emit;

namespace Attune.Kernels.Loops;

/// <content>Vector expressions.</content>
internal sealed partial class IlLowering
{
    private void EmitStoreFirst(StoreFirst store)
    {
        if (store.Count == 1)
        {
            PushAddress(store.Buffer, store.Offset);
            Push(store.Value);
            il.Emit(OpCodes.Call, vector.First);
            il.Emit(OpCodes.Stind_R4);
            return;
        }

        Push(store.Value);
        PushAddress(store.Buffer, store.Offset);
        il.Emit(OpCodes.Ldc_I4, store.Count);
        il.Emit(OpCodes.Call, vector.StoreFirst);
    }

    private void Push(Value value)
    {
        switch (value)
        {
            case Load load:
                PushAddress(load.Buffer, load.Offset);
                il.Emit(OpCodes.Call, vector.Load(load.Buffer.Format));
                break;
            case Broadcast load:
                RequireFloats(load.Buffer);
                PushAddress(load.Buffer, load.Offset);
                il.Emit(OpCodes.Ldind_R4);
                il.Emit(OpCodes.Call, vector.Splat);
                break;
            case Constant constant:
                il.Emit(OpCodes.Ldc_R4, constant.Number);
                il.Emit(OpCodes.Call, vector.Splat);
                break;
            case Read read:
                LoadLocal(Register(read.Tile, read.Subscripts));
                break;
            case Unary { Operation: UnaryOperation.ShiftToExponent } shift:
                Push(shift.Operand);
                il.Emit(OpCodes.Call, vector.AsIntegers);
                il.Emit(OpCodes.Ldc_I4, 23);
                il.Emit(OpCodes.Call, vector.ShiftLeft);
                il.Emit(OpCodes.Call, vector.AsFloats);
                break;
            case Unary unary:
                Push(unary.Operand);
                il.Emit(OpCodes.Call, vector.Of(unary.Operation));
                break;
            case Reduction reduction:
                Push(reduction.Operand);
                il.Emit(OpCodes.Call, vector.Of(reduction.Operation));
                break;
            case FirstLanes first:
                Push(first.Operand);
                il.Emit(OpCodes.Ldc_I4, first.Count);
                il.Emit(OpCodes.Ldc_R4, first.Rest);
                il.Emit(OpCodes.Call, vector.KeepFirst);
                break;
            case Binary binary:
                Push(binary.Left);
                Push(binary.Right);
                il.Emit(OpCodes.Call, vector.Of(binary.Operation));
                break;
            case MultiplyAdd fma:
                Push(fma.Left);
                Push(fma.Right);
                Push(fma.Addend);
                il.Emit(OpCodes.Call, vector.MultiplyAdd);
                break;
            default:
                throw new InvalidOperationException($"Unknown value {value.GetType().Name}.");
        }
    }

    private static void RequireFloats(Buffer buffer)
    {
        if (buffer.Format != WeightFormat.F32)
        {
            throw new InvalidOperationException($"Buffer '{buffer}' holds {buffer.Format}; only vectors can be loaded from it.");
        }
    }
}
