/* conv2d/1x32x8x8/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1 */
KERNEL LANES(8, 8, 1) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, acc_0_1, acc_0_2, acc_0_3, acc_0_4, acc_0_5, acc_0_6, acc_0_7, acc_0_8, acc_0_9, acc_0_10, acc_0_11;
    float acc_0_12, acc_0_13, acc_0_14, acc_0_15, pa_0_0, pa_0_1, pa_0_2, pa_0_3, pb_0_0, pb_0_1, pb_0_2, pb_0_3;
    float na_0_0, na_0_1, na_0_2, na_0_3, nb_0_0, nb_0_1, nb_0_2, nb_0_3, a_0_0, a_0_1, a_0_2, a_0_3;
    float b_0_0, b_0_1, b_0_2, b_0_3;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    SHARED float pieces_0[1024] ALIGNED;
    const int bz_0 = GROUP(2);
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int tz_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    const int first_0 = (tz_0 * 64 + ty_0 * 8 + tx_0) / (8);
    const int at_0 = (tz_0 * 64 + ty_0 * 8 + tx_0) % (8);
    const int first_1 = (tz_0 * 64 + ty_0 * 8 + tx_0) / (8);
    const int at_1 = (tz_0 * 64 + ty_0 * 8 + tx_0) % (8);
    acc_0_0 = 0.0f;
    acc_0_1 = 0.0f;
    acc_0_2 = 0.0f;
    acc_0_3 = 0.0f;
    acc_0_4 = 0.0f;
    acc_0_5 = 0.0f;
    acc_0_6 = 0.0f;
    acc_0_7 = 0.0f;
    acc_0_8 = 0.0f;
    acc_0_9 = 0.0f;
    acc_0_10 = 0.0f;
    acc_0_11 = 0.0f;
    acc_0_12 = 0.0f;
    acc_0_13 = 0.0f;
    acc_0_14 = 0.0f;
    acc_0_15 = 0.0f;
    LOAD_FOUR(pa_0_0, pa_0_1, pa_0_2, pa_0_3, GLOBAL, m1 + by_0 * 32 + bz_0 * 1024 + at_0 * 4 + first_0 * 32)
    STORE_FOUR(OF_GROUP, pieces_0 + first_0 * 32 + at_0 * 4, pa_0_0, pa_0_1, pa_0_2, pa_0_3)
    LOAD_FOUR(pb_0_0, pb_0_1, pb_0_2, pb_0_3, GLOBAL, m0 + bx_0 * 32 + bz_0 * 2048 + at_1 * 4 + first_1 * 64)
    STORE_FOUR(OF_GROUP, pieces_0 + first_1 * 32 + at_1 * 4 + 256, pb_0_0, pb_0_1, pb_0_2, pb_0_3)
    WAIT;
    for (int step_0 = 0; step_0 < 4; step_0 += 1)
    {
        const int half_0 = (step_0) % (2);
        const int other_0 = (step_0 + 1) % (2);
        if (step_0 < 3)
        {
            LOAD_FOUR(na_0_0, na_0_1, na_0_2, na_0_3, GLOBAL, m1 + by_0 * 32 + bz_0 * 1024 + step_0 * 256 + at_0 * 4 + first_0 * 32 + 256)
            LOAD_FOUR(nb_0_0, nb_0_1, nb_0_2, nb_0_3, GLOBAL, m0 + bx_0 * 32 + bz_0 * 2048 + step_0 * 512 + at_1 * 4 + first_1 * 64 + 512)
        }
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 256)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 32)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 288)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 64)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 320)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 96)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 352)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 128)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 384)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 160)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 416)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 192)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 448)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + ty_0 * 4 + half_0 * 512 + 224)
        LOAD_FOUR(b_0_0, b_0_1, b_0_2, b_0_3, OF_GROUP, pieces_0 + tz_0 * 256 + tx_0 * 4 + half_0 * 512 + 480)
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
        acc_0_2 = fma(a_0_0, b_0_2, acc_0_2);
        acc_0_3 = fma(a_0_0, b_0_3, acc_0_3);
        acc_0_4 = fma(a_0_1, b_0_0, acc_0_4);
        acc_0_5 = fma(a_0_1, b_0_1, acc_0_5);
        acc_0_6 = fma(a_0_1, b_0_2, acc_0_6);
        acc_0_7 = fma(a_0_1, b_0_3, acc_0_7);
        acc_0_8 = fma(a_0_2, b_0_0, acc_0_8);
        acc_0_9 = fma(a_0_2, b_0_1, acc_0_9);
        acc_0_10 = fma(a_0_2, b_0_2, acc_0_10);
        acc_0_11 = fma(a_0_2, b_0_3, acc_0_11);
        acc_0_12 = fma(a_0_3, b_0_0, acc_0_12);
        acc_0_13 = fma(a_0_3, b_0_1, acc_0_13);
        acc_0_14 = fma(a_0_3, b_0_2, acc_0_14);
        acc_0_15 = fma(a_0_3, b_0_3, acc_0_15);
        if (step_0 < 3)
        {
            STORE_FOUR(OF_GROUP, pieces_0 + other_0 * 512 + first_0 * 32 + at_0 * 4, na_0_0, na_0_1, na_0_2, na_0_3)
            STORE_FOUR(OF_GROUP, pieces_0 + other_0 * 512 + first_1 * 32 + at_1 * 4 + 256, nb_0_0, nb_0_1, nb_0_2, nb_0_3)
        }
        WAIT;
    }
    acc_0_0 = (acc_0_0 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4]);
    acc_0_1 = (acc_0_1 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4]);
    acc_0_2 = (acc_0_2 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4]);
    acc_0_3 = (acc_0_3 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4]);
    acc_0_0 = upper(0.0f, acc_0_0);
    acc_0_1 = upper(0.0f, acc_0_1);
    acc_0_2 = upper(0.0f, acc_0_2);
    acc_0_3 = upper(0.0f, acc_0_3);
    STORE_FOUR(GLOBAL, m4 + bz_0 * 2048 + by_0 * 2048 + ty_0 * 256 + bx_0 * 32 + tx_0 * 4, acc_0_0, acc_0_1, acc_0_2, acc_0_3)
    acc_0_4 = (acc_0_4 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 1]);
    acc_0_5 = (acc_0_5 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 1]);
    acc_0_6 = (acc_0_6 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 1]);
    acc_0_7 = (acc_0_7 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 1]);
    acc_0_4 = upper(0.0f, acc_0_4);
    acc_0_5 = upper(0.0f, acc_0_5);
    acc_0_6 = upper(0.0f, acc_0_6);
    acc_0_7 = upper(0.0f, acc_0_7);
    STORE_FOUR(GLOBAL, m4 + bz_0 * 2048 + by_0 * 2048 + ty_0 * 256 + bx_0 * 32 + tx_0 * 4 + 64, acc_0_4, acc_0_5, acc_0_6, acc_0_7)
    acc_0_8 = (acc_0_8 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 2]);
    acc_0_9 = (acc_0_9 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 2]);
    acc_0_10 = (acc_0_10 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 2]);
    acc_0_11 = (acc_0_11 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 2]);
    acc_0_8 = upper(0.0f, acc_0_8);
    acc_0_9 = upper(0.0f, acc_0_9);
    acc_0_10 = upper(0.0f, acc_0_10);
    acc_0_11 = upper(0.0f, acc_0_11);
    STORE_FOUR(GLOBAL, m4 + bz_0 * 2048 + by_0 * 2048 + ty_0 * 256 + bx_0 * 32 + tx_0 * 4 + 128, acc_0_8, acc_0_9, acc_0_10, acc_0_11)
    acc_0_12 = (acc_0_12 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 3]);
    acc_0_13 = (acc_0_13 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 3]);
    acc_0_14 = (acc_0_14 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 3]);
    acc_0_15 = (acc_0_15 + m2[bz_0 * 32 + by_0 * 32 + ty_0 * 4 + 3]);
    acc_0_12 = upper(0.0f, acc_0_12);
    acc_0_13 = upper(0.0f, acc_0_13);
    acc_0_14 = upper(0.0f, acc_0_14);
    acc_0_15 = upper(0.0f, acc_0_15);
    STORE_FOUR(GLOBAL, m4 + bz_0 * 2048 + by_0 * 2048 + ty_0 * 256 + bx_0 * 32 + tx_0 * 4 + 192, acc_0_12, acc_0_13, acc_0_14, acc_0_15)
}
